"""What all connections of one process share: their limits, their refusals, which of them lie idle."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final, Protocol, TypeAlias

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from digits.errors import DigitsError
from service.admission import Admission
from service.errors import HeadTooLargeError, HeadTooSlowError, MalformedRequestError, OverloadedError
from service.express import Express
from service.metrics import Metrics
from service.problems import response_to
from service.security import HEADERS
from service.settings import Settings

DOOR: Final = "door"
"""Where the lifespan's state keeps the door."""

_SPARE_DESCRIPTORS: Final = 200
"""For what is no connection: the model, logs, libraries, the listening socket."""

_READ_AHEAD: Final = 2
"""Requests whose bodies are read and parsed while every thread works on a picture, …"""

_READ_AHEAD_FOR_BATCHES: Final = 16
"""… and where an engine takes batches, which only fill if that many are on their way. More gain nothing
(`benchmarks/serving.py --contenders digits-tensorflow`)."""

_MOST_A_TURN: Final = 4
"""Requests that are begun in one turn of the event loop at most. All small pictures of a turn are read before
any is answered: reading pictures, writing answers and parsing what comes each take less when done on end."""

_TURN_S: Final = 0.002
"""After how long no more are begun in a turn: larger pictures gain less than their answers would wait."""

_WAITING_FOR_EACH: Final = 8
"""How many must wait for one more to be begun in a turn: nobody then waits noticeably longer for it."""

log = logging.getLogger("digits.connections")


Answer: TypeAlias = Callable[[], None]
"""Gives a request its answer, or has it wait for its batch, where the engine takes those."""


class Waiting(Protocol):
    """A connection whose request has arrived."""

    def start(self) -> Answer | None:
        """Read the request's picture at once, or give the request to the application and return None."""

    def refuse(self) -> None:
        """Tell the client that the request will have no turn."""


class Door:
    """What all connections of one process share: the limits, which of them lie idle, how many wait."""

    def __init__(
        self,
        settings: Settings,
        *,
        admission: Admission,
        metrics: Metrics,
        routes: Iterable[str],
        express: Express | None = None,
        batches: Callable[[], bool] = lambda: False,
    ) -> None:
        """Open.

        Args:
            settings: The limits.
            admission: Tells when to refuse.
            metrics: Counts what is refused.
            routes: The paths whose POST requests are refused when too many wait.
            express: Answers small pictures at once; none where all take the way through the application.
            batches: Whether the engine that serves takes batches.
        """
        self._admission = admission
        self._metrics = metrics
        self._refused: Counter[str] = Counter()
        self.routes = {(root + path).encode(): path for path in routes for root in ("", settings.root_path)}
        self.express = express
        self._threads = settings.threads
        self._batches = batches
        self._deadline_s = settings.deadline_s
        self._running = 0
        self._left = 0  # since this turn of the event loop began
        self._turn_is_taken = False
        self._turn_is_due = False
        self._waiting: dict[Waiting, float] = {}
        self.max_connections = settings.max_connections
        self.max_head_bytes = settings.max_head_bytes
        self.max_headers = settings.max_headers
        self.head_timeout_s = settings.head_timeout_s
        self.idle_timeout_s = settings.idle_timeout_s
        self.idle: dict[HttpToolsProtocol, None] = {}  # the longest idle first
        self.too_large = _closing(HeadTooLargeError(self.max_head_bytes, self.max_headers))
        self.too_slow = _closing(HeadTooSlowError(self.head_timeout_s))
        self.malformed = _closing(MalformedRequestError("This is not HTTP."))
        self.overloaded = _raw(OverloadedError())
        self.overloaded_closing = _closing(OverloadedError())

    @property
    def pending(self) -> int:
        """Requests that have arrived in full and have no answer yet."""
        return self._admission.pending

    def enter(self, connection: "Waiting") -> None:
        """Have a connection start its request, now or in its turn.

        What is asked at once must not become tasks at once: each takes some of the event loop's time before
        its picture comes to a thread, and health would wait behind them all.
        """
        self._waiting[connection] = asyncio.get_running_loop().time()
        if len(self._waiting) == 1 and not self._turn_is_taken:
            self._start_some()

    def leave(self, connection: "Waiting") -> None:
        """Be told that a request that entered has its answer, or nobody waits for it any more.

        The next has its turn in the event loop's next one. Few begin in one, for many a picture is read the
        moment its turn begins, so that the loop hears everyone in between.
        """
        if self._waiting.pop(connection, None) is None:
            self._left += 1
            self._have_next_turn()

    def _have_next_turn(self) -> None:
        if not self._turn_is_due:
            self._turn_is_due = True
            asyncio.get_running_loop().call_soon(self._next_turn)

    def _next_turn(self) -> None:
        self._running -= self._left
        self._left, self._turn_is_taken, self._turn_is_due = 0, False, False
        self._start_some()

    def _start_some(self) -> None:
        answers: list[Answer] = []
        at_once = self._threads + (_READ_AHEAD_FOR_BATCHES if self._batches() else _READ_AHEAD)
        until_s = time.perf_counter() + _TURN_S
        for _ in range(min(1 + len(self._waiting) // _WAITING_FOR_EACH, _MOST_A_TURN)):
            if not self._waiting or self._running - len(answers) >= at_once:
                break
            self._turn_is_taken = True
            self._start_next(answers)
            if time.perf_counter() >= until_s:
                break
        if self._turn_is_taken:
            self._have_next_turn()
        for answer in answers:
            answer()

    def _start_next(self, answers: list[Answer]) -> None:
        self._running += 1
        connection = next(iter(self._waiting))
        del self._waiting[connection]
        if answer := connection.start():
            answers.append(answer)

    @property
    def overflows(self) -> bool:
        """Whether one more request would be refused; asking refuses none."""
        return self._admission.pending >= self._admission.limit

    def refuses(self, route: str) -> bool:
        """Whether one more request for this route must be refused, which is taken for done."""
        if not self._admission.refuses():
            return False
        self._refused[route] += 1
        for waiting in list(self._waiting)[max(0, self._admission.limit - self._running + self._left) :]:
            self._refused[route] += 1
            waiting.refuse()  # only a short queue is left to an overload
        return True

    def arrived(self) -> None:
        """Be told that a request has arrived in full."""
        self._admission.arrive()

    def departed(self) -> None:
        """Be told that it has its answer, or that nobody waits for it any more."""
        self._admission.depart()

    async def look_after(self) -> None:
        """Each second, for ever: let go who waited too long, and count and log refusals, in sum.

        One by one that would cost more than refusing.
        """
        while True:
            await asyncio.sleep(1)
            late_s = asyncio.get_running_loop().time() - self._deadline_s
            while self._waiting and next(iter(self._waiting.values())) < late_s:
                self._start_next([])  # the application tells it that it waited too long
            refused, self._refused = self._refused, Counter()
            for route, count in refused.items():
                self._metrics.refused(route, count)
            if refused:
                log.warning("overloaded: refused %d requests within a second", refused.total())


def room_for(connections: int) -> int:
    """Let this process open as many files as it may, and say how many connections that leaves room for."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows, which has no such limit
        return connections
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    room = max(1, hard - _SPARE_DESCRIPTORS)
    if hard == resource.RLIM_INFINITY or room >= connections:
        return connections
    log.warning("only %d connections fit within the limit of %d open files (ulimit -Hn)", room, hard)
    return room


def _closing(error: DigitsError) -> bytes:
    return _raw(error, {"Connection": "close"})


def _raw(error: DigitsError, more_headers: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """The whole answer as it goes over the wire."""
    response = response_to(error)
    response.headers.update({**HEADERS, **more_headers})
    headers: Iterable[tuple[bytes, bytes]] = response.raw_headers
    lines = b"".join(b"%s: %s\r\n" % header for header in headers)
    return b"%s%s\r\n%s" % (STATUS_LINE[response.status_code], lines, bytes(response.body))
