"""How many requests, and bytes of them, may wait for an answer at once, for how long, and for whom."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any, Final, NoReturn, TypeAlias, TypeVar

from service.errors import DeadlineExceededError, OverloadedError

T = TypeVar("T")

Work: TypeAlias = Callable[[], Coroutine[Any, Any, T]]
Leaving: TypeAlias = Callable[[], Coroutine[Any, Any, NoReturn]]
"""Waits until nobody waits for the answer any more, then raises what says so."""


WAITED_S: Final = "waited_s"
"""Where a request's state tells how long it waited for its turn, in seconds."""

_OVERLOAD_S: Final = 1.0
"""How long after a refusal the queue is kept short."""


class HeldBytes:
    """The bytes of all requests that one process holds, over whichever protocol they came."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._held_bytes = 0

    def take(self, size_bytes: int) -> None:
        """Hold some more, until they are given back.

        Raises:
            OverloadedError: They would be too many; they are not held.
        """
        if self._held_bytes + size_bytes > self._limit_bytes:
            raise OverloadedError("bytes of pictures")
        self._held_bytes += size_bytes

    def give_back(self, size_bytes: int) -> None:
        """Hold them no longer."""
        self._held_bytes -= size_bytes


class Admission:
    """Counts the requests that are inside; lets no more in than the limit, and none stay too long.

    A queue without a bound turns overload into memory and into answers that come too late for
    anyone; refusing at once costs next to nothing and tells a client to come again.

    A long queue takes up bursts. Once it has overflowed it only makes everyone wait: what is asked beyond
    what can be answered is refused either way. So from a refusal until a while without one the queue
    is short, and who is let in is answered soon.
    """

    def __init__(
        self,
        limit: int,
        *,
        at_once: int,
        deadline_s: float,
        short_limit: int | None = None,
        now_s: Callable[[], float] = time.monotonic,
        tell: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Open.

        Args:
            limit: Requests inside at most.
            at_once: How many of them are worked on at a time; the others wait in a queue.
            deadline_s: Seconds a request may be inside.
            short_limit: The limit in an overload; none is the same.
            now_s: The clock.
            tell: Told how many are pending, at each change.
        """
        self._limit = limit
        self._short_limit = min(limit, short_limit or limit)
        self._at_once = at_once
        self._deadline_s = deadline_s
        self._now_s = now_s
        self._tell = tell
        self._inside = 0
        self._arrived = 0
        self._short_until_s = float("-inf")

    @property
    def pending(self) -> int:
        """Requests that have arrived in full and have no answer yet."""
        return max(self._inside, self._arrived)

    @property
    def busy(self) -> bool:
        """Whether one more request would have to wait."""
        return self.pending >= self._at_once

    def arrive(self) -> None:
        """Be told that a request has arrived in full, some time before it is inside, if it ever is."""
        self._arrived += 1
        self._tell(self.pending)

    def depart(self) -> None:
        """Be told that it has its answer, or that nobody waits for it any more."""
        self._arrived -= 1
        self._tell(self.pending)

    @property
    def limit(self) -> int:
        """Requests that may be inside now."""
        return self._short_limit if self._now_s() < self._short_until_s else self._limit

    def refuses(self) -> bool:
        """Whether one more that arrives must be refused, which is taken for done."""
        return self._refuses_beside(self.pending)

    def _refuses_beside(self, others: int) -> bool:
        if others < self.limit:
            return False
        self._short_until_s = self._now_s() + _OVERLOAD_S
        return True

    async def serve(self, work: Work[T], leaving: Leaving, waited_s: float = 0.0) -> T:
        """Do the work, unless it is in vain; what has begun in a thread ends there, unheeded.

        Args:
            work: Starts what answers the request.
            leaving: Ends when the client is gone. Asked only of a request that has to wait.
            waited_s: How long the request has waited already.

        Raises:
            OverloadedError: As many as the limit are inside already.
            DeadlineExceededError: It took too long.
        """
        if self._refuses_beside(self._inside):  # it is among those that arrived
            raise OverloadedError
        if waited_s >= self._deadline_s:
            raise DeadlineExceededError(self._deadline_s)
        self._inside += 1
        self._tell(self.pending)
        try:
            async with asyncio.timeout(self._deadline_s - waited_s) as deadline:
                return await (work() if self._inside <= self._at_once else _unless(leaving, work))
        except TimeoutError:
            if deadline.expired():
                raise DeadlineExceededError(self._deadline_s) from None
            raise
        finally:
            self._inside -= 1
            self._tell(self.pending)


async def _unless(leaving: Leaving, work: Work[T]) -> T:
    """Work only for as long as the client is there: nobody else wants the answer."""
    working = asyncio.current_task()
    waiting = asyncio.create_task(leaving())
    done = False

    def end(left: "asyncio.Task[NoReturn]") -> None:
        if not left.cancelled():
            left.exception()  # or asyncio logs that nobody asked for it
        if working and not done:
            working.cancel()

    waiting.add_done_callback(end)
    try:
        return await work()
    except asyncio.CancelledError:
        if working and waiting.done():  # it is what cancelled the work
            working.uncancel()
            waiting.result()
        raise
    finally:
        done = True
        waiting.cancel()
