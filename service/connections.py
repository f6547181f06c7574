"""One connection: bounds on a request's head, on its time, and on idling."""

import asyncio
from typing import Any, Final

from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from service.door import DOOR, Door
from service.errors import HeadTooLargeError, MalformedRequestError
from service.joining import JoiningTransport

_MAX_PIPELINED: Final = 16
"""Requests that a connection may send ahead of their answers."""

_LAST_CALL_S: Final = 0.1
"""How long a connection that nothing has been asked on yet may still ask when the server stops."""

_LINGER_S: Final = 1.0
"""How long a refused client may go on sending, so that it reads the refusal instead of a reset."""


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's side of one connection, made to give up on clients that take too much or too long.

    A connection is idle from its beginning, and from each answer, to the end of the next head. Only
    those are closed to make room, so that idle ones, however many, keep nobody out.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._door: Door = app_state[DOOR]
        self._timer: asyncio.TimerHandle | None = None
        self._unread_timer: asyncio.TimerHandle | None = None
        self._head_bytes: int | None = None  # of the head that is arriving
        self._in_body = False
        self._answering: RequestResponseCycle | None = None
        self._refused = False
        self._refusal = self._door.malformed
        self._is_last = False  # the request that comes next

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Take the connection, if need be in the place of the one that has lain idle longest."""
        super().connection_made(JoiningTransport(transport))  # type: ignore[arg-type] # it acts as one
        door = self._door
        if len(self.connections) > door.max_connections:
            longest = next(iter(door.idle), self)
            door.idle.pop(longest, None)
            longest.transport.abort()
            if longest is self:
                return
        door.idle[self] = None
        self._end_after(door.head_timeout_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection; tell the request that is being answered, which others may have followed."""
        if self._answering is not None:
            self._answering.disconnected = True
            self._answering.message_event.set()
        self._door.idle.pop(self, None)
        self._stop_timer()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and mind what is not whole yet."""
        if self._refused:
            return
        super().data_received(data)
        if self._head_bytes is not None:
            self._head_bytes += len(data)
            if self._head_bytes > self._door.max_head_bytes:
                self._refuse(self._door.too_large)
            elif self._timer is None:
                self._end_after(self._door.head_timeout_s)
        elif self in self._door.idle and not (self._timer or self.timeout_keep_alive_task):
            self._lie_idle()  # only empty lines came, or the last of a body that was answered early

    def _lies_idle(self) -> bool:
        """Whether nothing of a request has come since the last was answered."""
        return self in self._door.idle and self._head_bytes is None and not (self._in_body or self._refused)

    def _lie_idle(self) -> None:
        """Be the one that has lain idle the shortest."""
        self._unset_keepalive_if_required()
        self._door.idle.pop(self, None)
        self._door.idle[self] = None
        idle_s = self._door.idle_timeout_s
        self.timeout_keep_alive_task = self.loop.call_later(idle_s, self.timeout_keep_alive_handler)

    def on_message_begin(self) -> None:
        """A head begins."""
        super().on_message_begin()
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Serve the request, if its head is acceptable; raising makes the parser stop, and uvicorn refuse."""
        door = self._door
        self._head_bytes = None
        self._in_body = True
        self._stop_timer()
        door.idle.pop(self, None)
        head_bytes = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if head_bytes > door.max_head_bytes or len(self.headers) > door.max_headers:
            self._refusal = door.too_large
            raise HeadTooLargeError(door.max_head_bytes, door.max_headers)
        if len(self.pipeline) >= _MAX_PIPELINED:
            raise MalformedRequestError("Too many requests before their answers.")
        self._begin_request()

    def _begin_request(self) -> None:
        super().on_headers_complete()
        if self._is_last:
            self.cycle.keep_alive = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._answering = cycle
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        """The request is whole."""
        super().on_message_complete()
        self._end_request()

    def _end_request(self) -> None:
        self._in_body = False
        if not self._is_serving():
            self._stop_timer()
            self._door.idle[self] = None

    def on_response_complete(self) -> None:
        """Be idle, or read away what is left of the body, for as long as a head may take."""
        self._answering = None
        self.transport.flush()  # type: ignore[attr-defined] # where the answer had no body
        super().on_response_complete()
        if self._is_serving():
            return  # the next one, which came before this was answered
        if self._in_body and not self.transport.is_closing():
            self._end_after(self._door.head_timeout_s)
        else:
            self._door.idle[self] = None

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - ours is a problem document
        """Refuse what cannot be parsed, or what `on_headers_complete` raised at."""
        self._refuse(self._refusal)

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, even where an answer lies unread."""
        self.transport.abort()

    def shutdown(self) -> None:
        """End the connection after its answer; a new one may just have sent what it was made for."""
        if self._is_unasked():
            self._is_last = True
            self.loop.call_later(_LAST_CALL_S, self._end_unasked)
        else:
            super().shutdown()

    def _end_unasked(self) -> None:
        if self._is_unasked():
            self.transport.close()

    def _is_unasked(self) -> bool:
        first: RequestResponseCycle | None = self.cycle
        return first is None

    def pause_writing(self) -> None:
        """The client leaves its answer unread; it may for as long as it may lie idle."""
        super().pause_writing()
        self._unread_timer = self.loop.call_later(self._door.idle_timeout_s, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads on."""
        super().resume_writing()
        if self._unread_timer:
            self._unread_timer.cancel()
            self._unread_timer = None

    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _end_after(self, seconds: float) -> None:
        self._stop_timer()
        self._timer = self.loop.call_later(seconds, self._too_slow)

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _too_slow(self) -> None:
        if self._head_bytes is None:  # not a byte of a request, or the rest of one that was answered
            self.transport.abort()
        else:
            self._refuse(self._door.too_slow)

    def _refuse(self, answer: bytes) -> None:
        """Say why, and close; what the client still sends is not parsed."""
        if self._refused:
            return
        self._refused = True
        if self._is_serving():
            if self.pipeline or not self.cycle.more_body or self.cycle.response_started:
                self.transport.abort()  # an earlier answer is due first
                return
            self.cycle.disconnected = (
                True  # what cannot be parsed is its own body: nothing answers it but this
            )
            self.cycle.message_event.set()
        self._stop_timer()
        self.transport.write(answer)
        self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGER_S, self.transport.abort)
