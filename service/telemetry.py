"""Around every request: its id, its log line, its count, and an answer even to our own bugs."""

import logging
import re
import secrets
import time
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

_ID_BYTES: Final = 16
_RAW_ID_HEADER: Final = REQUEST_ID_HEADER.lower().encode()
_ACCEPTABLE_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_UNMATCHED: Final = "unmatched"

log = logging.getLogger("digits.request")


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
        self._metrics = metrics
        self._on_bug = on_bug
        self._tracing = tracing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        started = time.perf_counter() - scope.get("state", {}).get(WAITED_S, 0.0)
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), (_RAW_ID_HEADER, request_id.encode())]
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
        elapsed_s = time.perf_counter() - started_s
        route = getattr(scope.get("route"), "path", _UNMATCHED)
        self._metrics.answered(scope["method"], route, status, elapsed_s)
        problem: str | None = scope.get(PROBLEM)
        if problem:
            self._metrics.problem(problem)
        watch: Stopwatch | None = scope.get(WATCH)
        if watch:
            self._metrics.worked(watch)
        fields = {
            "request_id": request_id,
            "method": scope["method"],
            "path": _printable(scope["path"]),
            "status": status or "gone",
            "elapsed_ms": round(elapsed_s * 1000, 2),
        }
        if problem:
            fields["problem"] = problem
        if self._tracing:
            facts = {
                "method": scope["method"] if scope["method"] in METHODS else "_OTHER",
                "scheme": scope["scheme"],
                "path": fields["path"],
                "digits.request_id": request_id,
                **({} if route == _UNMATCHED else {"route": route}),
                **({"status": status} if status else {}),
                **({"digits.problem": problem} if problem else {}),
                **({"error": problem or str(status)} if status >= 500 else {}),
            }
            fields["trace_id"] = self._tracing.record(
                Headers(scope=scope), facts, since_s=started_s, watch=watch
            )
        log.info("request", extra={FIELDS: fields})


def _request_id(scope: Scope) -> str:
    """The client's own id where it is harmless in a log, a new one otherwise."""
    given = next((value.decode("latin-1") for name, value in scope["headers"] if name == _RAW_ID_HEADER), "")
    return given if _ACCEPTABLE_ID.fullmatch(given) else secrets.token_hex(_ID_BYTES)


def _printable(path: str) -> str:
    """The path without anything that could forge a log line, and not longer than a line."""
    return re.sub(r"[^\x21-\x7e]", "?", path)[:200]
