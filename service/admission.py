"""How many requests may wait for an answer at the same time, for how long, and for whom."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn, TypeAlias, TypeVar

from service.errors import DeadlineExceededError, OverloadedError

T = TypeVar("T")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]
Leaving: TypeAlias = Callable[[], Coroutine[Any, Any, NoReturn]]
"""Waits until nobody waits for the answer any more, then raises what says so."""


class Admission:
    """Counts the requests that are inside; lets no more in than the limit, and none stay too long.

    A queue without a bound turns overload into memory and into answers that come too late for
    anyone; refusing at once costs next to nothing and tells a client to come again.
    """

    def __init__(
        self, limit: int, *, at_once: int, deadline_s: float, tell: Callable[[int], None] = lambda _: None
    ) -> None:
        """Open.

        Args:
            limit: Requests inside at most.
            at_once: How many of them are worked on at a time; the others wait in a queue.
            deadline_s: Seconds a request may be inside.
            tell: Told how many are inside, at each change.
        """
        self._limit = limit
        self._at_once = at_once
        self._deadline_s = deadline_s
        self._tell = tell
        self._inside = 0

    @property
    def busy(self) -> bool:
        """Whether one more request would have to wait."""
        return self._inside >= self._at_once

    async def serve(self, work: Work[T], leaving: Leaving) -> T:
        """Do the work, unless it is in vain; what has begun in a thread ends there, unheeded.

        Args:
            work: Starts what answers the request.
            leaving: Ends when the client is gone. Asked only of a request that has to wait.

        Raises:
            OverloadedError: As many as the limit are inside already.
            DeadlineExceededError: It took too long.
        """
        if self._inside >= self._limit:
            raise OverloadedError(self._limit)
        self._inside += 1
        self._tell(self._inside)
        try:
            async with asyncio.timeout(self._deadline_s) as deadline:
                return await (work() if self._inside <= self._at_once else _unless(leaving, work))
        except TimeoutError:
            if deadline.expired():
                raise DeadlineExceededError(self._deadline_s) from None
            raise
        finally:
            self._inside -= 1
            self._tell(self._inside)


async def _unless(leaving: Leaving, work: Work[T]) -> T:
    """Work only for as long as the client is there: nobody else wants the answer."""
    working, waiting = asyncio.create_task(work()), asyncio.create_task(leaving())
    tasks: set[asyncio.Task[Any]] = {working, waiting}
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else waiting.result()
    finally:
        for task in tasks:
            task.cancel()
