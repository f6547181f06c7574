"""Around every request: its id, its log line, its count, and an answer even to our own bugs."""

import logging
import re
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.admission import WAITED_S
from service.inference.stopwatch import Stopwatch
from service.logs import FIELDS
from service.metrics import METHODS, Metrics
from service.tracing import Tracing

REQUEST_ID_HEADER: Final = "X-Request-ID"
WATCH: Final = "digits.watch"
"""Where a request's scope keeps its stopwatch, …"""

PROBLEM: Final = "digits.problem"
"""… and the code of the problem that answers it."""

RAW_ID_HEADER: Final = REQUEST_ID_HEADER.lower().encode()
"""As ASGI has it."""

_ID_BYTES: Final = 16
_ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNMATCHED: Final = "unmatched"

GONE: Final = "gone"
"""Status of a request whose client did not wait for the answer."""

log = logging.getLogger("digits.request")


@dataclass(slots=True, kw_only=True)
class Ended:
    """A request that has ended, over whichever protocol.

    Attributes:
        route: Where it was sent, as one of few; None if that is nowhere.
        status: HTTP's, or what HTTP would have answered; 0 if the client was gone first.
        shown: The status in the protocol's own words.
        started_s: In seconds of `time.perf_counter`.
        headers: Gives what says whose trace it belongs to.
        problem: Code of the problem that answered it.
        protocol: What else a trace says of it.
    """

    request_id: str
    method: str
    scheme: str
    route: str | None
    path: str
    status: int
    shown: str | int
    started_s: float
    headers: Callable[[], Mapping[str, str]]
    problem: str | None
    watch: Stopwatch | None
    protocol: Mapping[str, str | int] = field(default_factory=dict)


class Journal:
    """Counts, traces and logs the requests that have ended."""

    def __init__(self, metrics: Metrics, tracing: Tracing | None) -> None:
        self._metrics = metrics
        self._tracing = tracing

    def record(self, ended: Ended) -> None:
        """Write one down."""
        elapsed_s = time.perf_counter() - ended.started_s
        self._metrics.answered(ended.method, ended.route or _UNMATCHED, ended.status, elapsed_s)
        if ended.problem:
            self._metrics.problem(ended.problem)
        if ended.watch:
            self._metrics.worked(ended.watch)
        fields = {
            "request_id": ended.request_id,
            "method": ended.method,
            "path": _printable(ended.path),
            "status": ended.shown,
            "elapsed_ms": round(elapsed_s * 1000, 2),
        }
        if ended.problem:
            fields["problem"] = ended.problem
        if self._tracing:
            fields["trace_id"] = self._trace(self._tracing, ended)
        log.info("request", extra={FIELDS: fields})

    def _trace(self, tracing: Tracing, ended: Ended) -> str:
        facts = {
            "method": ended.method if ended.method in METHODS else "_OTHER",
            "scheme": ended.scheme,
            "path": _printable(ended.path),
            "digits.request_id": ended.request_id,
            **ended.protocol,
            **({"route": ended.route} if ended.route else {}),
            **({"status": ended.status} if ended.status else {}),
            **({"digits.problem": ended.problem} if ended.problem else {}),
            **({"error": ended.problem or str(ended.status)} if ended.status >= 500 else {}),
        }
        return tracing.record(ended.headers(), facts, since_s=ended.started_s, watch=ended.watch)


class TelemetryMiddleware:
    """The outermost layer. Knows times and statuses, never contents."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, on_bug: ASGIApp, tracing: Tracing | None) -> None:
        """Wrap `app`.

        Args:
            app: What answers requests.
            metrics: What counts the answers.
            on_bug: Answers when `app` raised before it answered.
            tracing: What traces them, if anything does.
        """
        self._app = app
        self._journal = Journal(metrics, tracing)
        self._on_bug = on_bug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = acceptable_id(given_id(scope))
        started = time.perf_counter() - scope.get("state", {}).get(WAITED_S, 0.0)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (RAW_ID_HEADER, request_id.encode())]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except ClientDisconnect:
            pass  # it left before it had sent all; nobody is there to answer, and nobody is to blame
        except Exception:
            log.exception("a bug answered this request", extra={FIELDS: {"request_id": request_id}})
            if status:
                raise  # the answer had begun: only closing the connection can tell the client
            await self._on_bug(scope, receive, send_with_id)
        finally:
            self._record(scope, request_id, status, started)

    def _record(self, scope: Scope, request_id: str, status: int, started_s: float) -> None:
        self._journal.record(
            Ended(
                request_id=request_id,
                method=scope["method"],
                scheme=scope.get("scheme", "http"),
                route=getattr(scope.get("route"), "path", None),
                path=scope["path"],
                status=status,
                shown=status or GONE,
                started_s=started_s,
                headers=lambda: Headers(scope=scope),
                problem=scope.get(PROBLEM),
                watch=scope.get(WATCH),
            )
        )


def acceptable_id(given: str) -> str:
    """The client's own id where it is harmless in a log, a new one otherwise."""
    return given if _ACCEPTABLE_ID.fullmatch(given) else secrets.token_hex(_ID_BYTES)


def given_id(scope: Scope) -> str:
    """The id that a client gave its request; empty if it gave none."""
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == RAW_ID_HEADER), "")


def _printable(path: str) -> str:
    """The path without anything that could forge a log line, and not longer than a line."""
    return re.sub(r"[^\x21-\x7e]", "?", path)[:200]
