"""The messages that are arriving: bounded in number, bytes and time, as bodies are over HTTP.

gRPC hands a message over when it is whole and tells nobody its length before. So the bytes that are under
way are bounded by how many messages may be: each may be as long as any. Others wait, and who has taken
longest gives way to them, so that clients that send nothing keep nobody out.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol

import grpc

from service.admission import HeldBytes
from service.errors import OverloadedError, ProtocolError, UploadTooSlowError
from service.settings import Settings

_PATIENCE_S: Final = 0.1
"""How long a message may take to arrive while others wait; most have arrived before they are asked for."""


_CANCELLED_IN_S: Final = 0.01
"""How soon gRPC cancels the call whose message it refused as too long; until then there seems to be none."""


class Sender(Protocol):
    """A call, as far as it sends."""

    async def read(self) -> Any:  # noqa: ANN401 - bytes, or gRPC's own mark of the end
        """The next message, or `grpc.aio.EOF`."""


class Arrivals:
    """Reads the messages of all calls."""

    def __init__(self, settings: Settings, held: HeldBytes) -> None:
        self._timeout_s = settings.upload_timeout_s
        self._most_waiting = settings.max_pending
        self._held = held
        self._room = asyncio.Semaphore(max(1, settings.max_pending_bytes // settings.max_upload_bytes))
        self._waiting = 0
        self._arriving: dict[asyncio.Timeout, float] = {}  # since when; who began first comes first

    @asynccontextmanager
    async def message(self, sender: Sender) -> AsyncIterator[bytes]:
        """The next message of a call, held while it is worked on.

        Raises:
            OverloadedError: Too many wait, or the bytes are too many; or it took long while others waited.
            UploadTooSlowError: It had not arrived in time.
            ProtocolError: There is none.
        """
        body = await self._receive(sender)
        if body is None:
            await asyncio.sleep(_CANCELLED_IN_S)
            raise ProtocolError("The call has no message.")
        self._held.take(len(body))
        try:
            yield body
        finally:
            self._held.give_back(len(body))

    async def messages(self, sender: Sender) -> AsyncIterator[bytes]:
        """All messages of a call that may send several small ones; raises what `message` does."""
        while (body := await self._receive(sender)) is not None:
            yield body

    async def _receive(self, sender: Sender) -> bytes | None:
        await self._enter()
        limit = asyncio.timeout(self._timeout_s)
        self._arriving[limit] = asyncio.get_running_loop().time()
        try:
            async with limit:
                body = await sender.read()
        except TimeoutError:
            if limit not in self._arriving:  # it gave way
                raise OverloadedError("messages") from None
            raise UploadTooSlowError(self._timeout_s) from None
        finally:
            self._arriving.pop(limit, None)
            self._room.release()
        return None if body is grpc.aio.EOF else body

    async def _enter(self) -> None:
        if not self._room.locked():
            await self._room.acquire()
            return
        if self._waiting >= self._most_waiting:
            raise OverloadedError
        self._waiting += 1
        try:
            while not await self._acquired_soon():
                self._give_up_the_longest()
        finally:
            self._waiting -= 1

    async def _acquired_soon(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self._room.acquire()
        except TimeoutError:
            return False

    def _give_up_the_longest(self) -> None:
        now_s = asyncio.get_running_loop().time()
        limit, began_s = next(iter(self._arriving.items()), (None, now_s))
        if limit and now_s - began_s >= _PATIENCE_S:
            del self._arriving[limit]
            limit.reschedule(now_s)
