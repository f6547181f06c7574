"""Small pictures, worked on by the event loop itself, one in each of its turns."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeAlias, TypeVar

T = TypeVar("T")

MAX_BYTES: Final = 16 * 1024
"""Of a small picture's file. It bounds what texts and other chunks beside the pixels can unpack to."""

MAX_PIXELS: Final = 2**17
"""Of a small picture: more than 360 x 360, which take half a millisecond."""

_PNG: Final = b"\x89PNG\r\n\x1a\n"
"""How the only format begins whose cost these two bound; a JPEG may have any number of scans."""

_Waiting: TypeAlias = tuple[Callable[[], Any], asyncio.Future[Any]]


def may_be_small(picture: bytes | bytearray) -> bool:
    """Whether a file may hold a small picture; its header, which the decoder reads, has the last word."""
    return len(picture) <= MAX_BYTES and picture.startswith(_PNG)


class Inline:
    """Does short work in the event loop's thread, one piece a turn of the loop, first come, first served.

    Handing a small picture to another thread and fetching the answer costs as much as the picture, since
    two threads then ask for one interpreter lock. Between two pieces the loop reads what has arrived,
    so that whoever asks for something else (a probe, a refusal) waits for one picture at most.
    """

    def __init__(self) -> None:
        self._waiting: deque[_Waiting] = deque()
        self._taken = False

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work now if this turn is free, else in a later one; cancelled before, it is dropped."""
        loop = asyncio.get_running_loop()
        if not self._taken:
            self._taken = True
            loop.call_soon(self._next)
            return work()
        answer: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, answer))
        try:
            return await answer
        finally:
            del answer  # which has the error that has this frame: all of it would wait for a collection

    def _next(self) -> None:
        while self._waiting:
            work, answer = self._waiting.popleft()
            if answer.done():
                continue
            try:
                answer.set_result(work())
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                answer.set_exception(error)
            del work, answer  # see `run`
            asyncio.get_running_loop().call_soon(self._next)
            return
        self._taken = False
