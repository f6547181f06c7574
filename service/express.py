"""Small pictures answered past the application, most in the very turn of the event loop that is theirs."""

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from digits.imaging import FoundDigit
from service.answering import Answering
from service.inference.inline import may_be_small
from service.inference.lineup import Lineup
from service.inference.recognizer import Recognition, Recognizer
from service.inference.stopwatch import Stopwatch
from service.security import RAW_HEADERS
from service.telemetry import RAW_ID_HEADER, Ended, Journal, acceptable_id, given_id

ROUTE: Final = "/predict"

_OK: Final = 200
_OCTETS: Final = b"application/octet-stream"
_IMAGE: Final = b"image/"
_SECURITY: Final = b"".join(b"%s: %s\r\n" % header for header in RAW_HEADERS)


@dataclass(slots=True)
class Begun:
    """A request whose digit has been read, or found at least.

    Attributes:
        seen: What was read, or what is to be read in a batch yet.
        started_s: When it had arrived, in seconds of `time.perf_counter`.
        until_s: How long it may take from now, in seconds.
    """

    recognizer: Recognizer
    picture: bytes
    seen: Recognition | FoundDigit
    watch: Stopwatch
    started_s: float
    until_s: float


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
        """Read the digit of a request, or find that it must take the other way.

        Args:
            scope: Of a POST request.
            body: All of it.
            waited_s: How long it waited for its turn.
        """
        if not self.takes(scope, body, waited_s):
            return None
        started_s = time.perf_counter() - waited_s
        picture, watch = bytes(body), Stopwatch()
        try:
            recognizer = self._lineup.choose(picture)
            seen = recognizer.recognize_at_once(picture, watch)
        except Exception:  # noqa: BLE001 - the other way meets it too, and says what it is
            return None
        if seen is None:
            return None
        return Begun(recognizer, picture, seen, watch, started_s, self._deadline_s - waited_s)

    async def finish(self, begun: Begun, found: FoundDigit) -> Recognition | None:
        """Read in a batch what was only found; None where the request must take the other way after all."""
        with suppress(Exception):  # the other way meets it too, and says what it is
            async with asyncio.timeout(begun.until_s):
                return await begun.recognizer.recognize_found(found, begun.watch)
        return None

    def answer(
        self,
        begun: Begun,
        recognition: Recognition,
        scope: Scope,
        *,
        headers: Iterable[tuple[bytes, bytes]],
        keep_alive: bool,
        send: Callable[[bytes], None],
    ) -> None:
        """Answer a request.

        Args:
            begun: What `begin` gave.
            recognition: What was read.
            scope: The same as there.
            headers: The server's own.
            keep_alive: Whether the connection stays open.
            send: Gets the whole answer as it goes over the wire.
        """
        answer = self._answering.conclude(begun.recognizer, begun.picture, recognition)
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
                watch=begun.watch,
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
