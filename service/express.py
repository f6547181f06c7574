"""Small pictures answered past the application, most in the very turn of the event loop that is theirs."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from service.answering import Answering
from service.errors import NotReadyError
from service.inference.inline import may_be_small
from service.inference.lineup import Lineup
from service.inference.recognizer import Attempt
from service.security import RAW_HEADERS
from service.telemetry import RAW_ID_HEADER, Ended, Journal, acceptable_id, given_id

ROUTE: Final = "/predict"

_OK: Final = 200
_OCTETS: Final = b"application/octet-stream"
_IMAGE: Final = b"image/"
_SECURITY: Final = b"".join(b"%s: %s\r\n" % header for header in RAW_HEADERS)


@dataclass(frozen=True, slots=True)
class Begun:
    """A request whose picture has been looked at.

    Attributes:
        attempt: What was made of it.
        started_s: When it had arrived, in seconds of `time.perf_counter`.
        left_s: How long it may take yet, in seconds.
    """

    attempt: Attempt
    picture: bytes
    started_s: float
    left_s: float


class Express:
    """Answers a picture that is sent plainly: in two calls, or three where the engine takes batches.

    On the way through FastAPI, that of all other requests, a small picture costs twice what reading it does:
    a task, a dozen layers, contexts for times that cannot run out in a call. Only a good answer leaves
    here. Whatever else there is to say is found out, and said, on the other way; headers and bodies are the
    same on both.
    """

    def __init__(
        self,
        lineup: Lineup,
        answering: Answering,
        journal: Journal,
        *,
        root_path: str,
        max_bytes: int,
        deadline_s: float,
    ) -> None:
        """Prepare.

        Args:
            lineup: Where the models are.
            answering: Makes the answer.
            journal: Writes it down.
            root_path: What stands before the route in a path.
            max_bytes: Of a body.
            deadline_s: How long a request may wait, in seconds.
        """
        self._lineup = lineup
        self._answering = answering
        self._journal = journal
        self._paths = {ROUTE, root_path + ROUTE}
        self._max_bytes = max_bytes
        self._deadline_s = deadline_s

    def begin(self, scope: Scope, body: bytes | bytearray, *, waited_s: float) -> Begun | None:
        """Read the digit of a request, or find it at least, or find that the request must take the other way.

        Args:
            scope: Of a POST request.
            body: All of it.
            waited_s: How long it waited for its turn.
        """
        if not self.takes(scope, body, waited_s):
            return None
        started_s, picture = time.perf_counter() - waited_s, bytes(body)
        with suppress(NotReadyError):
            attempt = self._lineup.choose(picture).attempt(picture)
            if attempt:
                return Begun(attempt, picture, started_s, self._deadline_s - waited_s)
        return None

    async def finish(self, begun: Begun) -> bool:
        """Read in a batch what was only found; False where the other way has the answer after all."""
        attempt = begun.attempt
        await attempt.recognizer.go_on(attempt, seconds=begun.left_s)
        return attempt.is_sure

    def answer(
        self,
        begun: Begun,
        scope: Scope,
        *,
        headers: Iterable[tuple[bytes, bytes]],
        keep_alive: bool,
        send: Callable[[bytes], None],
    ) -> None:
        """Answer a request whose digit was read, and is sure.

        Args:
            begun: What `begin` gave.
            scope: The same as there.
            headers: The server's own.
            keep_alive: Whether the connection stays open.
            send: Gets the whole answer as it goes over the wire.
        """
        attempt = begun.attempt
        assert attempt.recognition  # noqa: S101 - it is sure
        answer = self._answering.conclude(attempt.recognizer, begun.picture, attempt.recognition)
        content: bytes = answer.__pydantic_serializer__.to_json(answer, exclude_none=True)
        request_id = acceptable_id(given_id(scope))
        lines = [b"%s: %s\r\n" % header for header in headers]
        own = b"content-length: %d\r\ncontent-type: application/json\r\n" % len(content)
        request = b"%s: %s\r\n" % (RAW_ID_HEADER, request_id.encode())
        closing = b"" if keep_alive else b"connection: close\r\n"
        send(b"".join((STATUS_LINE[_OK], *lines, own, request, _SECURITY, closing, b"\r\n", content)))
        self._journal.record(
            Ended(
                request_id=request_id,
                method=scope["method"],
                scheme=scope["scheme"],
                route=ROUTE,
                path=scope["path"],
                status=_OK,
                shown=_OK,
                started_s=begun.started_s,
                headers=dict,  # which only a trace asks for
                problem=None,
                watch=attempt.watch,
            )
        )

    def takes(self, scope: Scope, body: bytes | bytearray, waited_s: float) -> bool:
        """Whether the body is the picture, small and in time, and nothing else was asked."""
        if scope["query_string"] or scope["path"] not in self._paths:
            return False
        if len(body) > self._max_bytes or waited_s >= self._deadline_s:
            return False
        types = [value for name, value in scope["headers"] if name == b"content-type"]
        if len(types) != 1 or not (types[0].startswith(_IMAGE) or types[0] == _OCTETS):
            return False
        return may_be_small(body)
