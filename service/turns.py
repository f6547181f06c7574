"""One connection: requests with pictures take turns, and too many of them are refused by their heads."""

import asyncio
import logging
from typing import Any, Final, TypeAlias, cast

from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
from uvicorn.server import ServerState

from service.admission import WAITED_S
from service.connections import GuardedProtocol
from service.dependencies import ATTEMPT
from service.door import Answer
from service.express import Begun, Express
from service.glance import path_of_whole

_BACK_OFF_S: Final = 0.1
"""How long a connection is not read that asks again sooner than that after a refusal: a few such clients,
whatever Retry-After says, would keep the interpreter so busy refusing that nothing is answered."""


log = logging.getLogger("digits.connections")

Unstarted: TypeAlias = tuple[RequestResponseCycle, ASGI3Application]


class TurnTakingProtocol(GuardedProtocol):
    """A connection whose requests wait for their turn before they become tasks, if they are whole.

    A request of which more is to come is given to the application at once, which reads it as it comes.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._route: str | None = None  # of the request that is arriving, if it has a picture
        self._beginning = False
        self._unstarted: Unstarted | None = None
        self._in_batch: Begun | None = None  # the request that waits for its batch
        self._arrived_s = 0.0
        self._waits_or_runs = False
        self._pending = False
        self._refused_s = float("-inf")
        self._discarding = False  # the body of what was refused

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the turn."""
        self._unstarted = None
        if self._in_batch:
            self._in_batch.attempt.give_up()
        self._leave()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse, and have a request that is whole take its turn."""
        if self._door.overflows and self._lies_idle() and self._refuses_whole(data):
            return
        super().data_received(data)
        if self._discarding and not self._timer:
            self._end_after(self._door.head_timeout_s)
        if self._refused or self.transport.is_closing():
            self._unstarted = None  # what would answer it could tell nobody
        if self._unstarted is None or self._waits_or_runs:
            return
        if self._in_body:
            self.start()
        else:
            self._take_turn()

    def resume_writing(self) -> None:
        """Have the next request take its turn, once the client reads on."""
        super().resume_writing()
        if self._unstarted and not (self._waits_or_runs or self._in_body):
            self._take_turn()

    def _take_turn(self) -> None:
        """Queue up; but who leaves earlier answers unread would keep a place and wait in it for himself."""
        if not self.flow.write_paused:
            self._waits_or_runs = True
            self._arrived_s = self.loop.time()
            self._door.enter(self)

    def start(self) -> Answer | None:
        """Read the picture at once, if that can be; or give the request to the application."""
        if self._unstarted is None:
            return None
        (cycle, app), self._unstarted = self._unstarted, None
        express, begun = self._door.express, None
        if express and self._waits_or_runs:
            scope, waited_s = cast("Scope", cycle.scope), self._since_arrival_s()
            begun = express.begin(scope, cycle.body, waited_s=waited_s)
            if begun and (begun.attempt.is_sure or begun.attempt.waits):
                return self._answer_to(cycle, app, express, begun)
        self._hand_over(cycle, app, begun)
        return None

    def _answer_to(
        self, cycle: RequestResponseCycle, app: ASGI3Application, express: Express, begun: Begun
    ) -> Answer:
        """What answers a request that was begun, or hands it over after all."""

        def at_once() -> None:
            if not self._give(cycle, express, begun):
                self._hand_over(cycle, app, begun)

        async def in_batch(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI's
            self._in_batch = begun
            is_sure = not cycle.disconnected and await express.finish(begun)
            self._in_batch = None
            if cycle.disconnected or not (is_sure and self._give(cycle, express, begun)):
                self._pass_on(cycle, begun)
                await app(scope, receive, send)

        return (lambda: self._start_task(cycle, in_batch)) if begun.attempt.waits else at_once

    def _hand_over(self, cycle: RequestResponseCycle, app: ASGI3Application, begun: Begun | None) -> None:
        """Give a request to the application, with what was made of it so far."""
        self._pass_on(cycle, begun)
        self._start_task(cycle, app)

    def _pass_on(self, cycle: RequestResponseCycle, begun: Begun | None) -> None:
        """Let a request's state tell the application how long it waited, and what was made of its picture."""
        if self._waits_or_runs:
            cycle.scope["state"][WAITED_S] = self._since_arrival_s()
        if begun:
            cycle.scope["state"][ATTEMPT] = begun.attempt

    def _give(self, cycle: RequestResponseCycle, express: Express, begun: Begun) -> bool:
        """Answer a request; whether it is answered."""
        try:
            express.answer(
                begun,
                cast("Scope", cycle.scope),
                headers=cycle.default_headers,
                keep_alive=cycle.keep_alive,
                send=lambda answer: self._end(cycle, answer),
            )
        except Exception:
            if cycle.response_complete:
                log.exception("a bug kept a request from being written down")
        return cycle.response_complete

    def _since_arrival_s(self) -> float:
        return self.loop.time() - self._arrived_s

    def _start_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        super()._start_asgi_task(cycle, app)

    def _end(self, cycle: RequestResponseCycle, answer: bytes) -> None:
        """Give a request that no task serves its whole answer."""
        cycle.response_started = cycle.response_complete = True
        cycle.body.clear()  # which an idle connection would keep
        cycle.on_response = lambda: None  # as uvicorn does: it made a circle, which waits for a collection
        self.transport.write(answer)
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def refuse(self) -> None:
        """Tell a client that waits for its turn that it will have none."""
        if self._unstarted:
            (cycle, _), self._unstarted = self._unstarted, None
            self._end(cycle, self._door.overloaded if cycle.keep_alive else self._door.overloaded_closing)

    def _begin_request(self) -> None:
        is_post = self.parser.get_method() == b"POST"
        self._route = self._door.routes.get(self.url.partition(b"?")[0]) if is_post else None
        if self._route and not self._is_serving() and self._door.refuses(self._route):
            self._refuse_overload()
        else:
            self._beginning = self._route is not None
            super()._begin_request()
            self._beginning = False

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        if self._beginning:
            self._unstarted = (cycle, app)
        else:
            super()._start_asgi_task(cycle, app)

    def on_body(self, body: bytes) -> None:
        """Some of the body."""
        if not (self._discarding or self._refused):
            super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        if self._discarding:
            self._discarding = False
            self._end_request()
        elif not self._refused:
            super().on_message_complete()
            if self._route and self._is_serving() and not self._pending:
                self._pending = True
                self._door.arrived()

    def on_response_complete(self) -> None:
        """Let the next have its turn."""
        self._leave()
        super().on_response_complete()

    def _leave(self) -> None:
        if self._pending:
            self._pending = False
            self._door.departed()
        if self._waits_or_runs:
            self._waits_or_runs = False
            self._door.leave(self)

    def _refuses_whole(self, data: bytes) -> bool:
        """Refuse a whole, plain request unparsed: parsing costs more than refusing."""
        path = path_of_whole(data)
        route = self._door.routes.get(path) if path else None
        if route is None or not self._door.refuses(route):
            return False
        self._stop_timer()
        self._refuse_and_back_off()
        self._lie_idle()
        return True

    def _refuse_overload(self) -> None:
        """Answer at once, without a task and before the body is read: it must cost next to nothing."""
        if self.parser.should_keep_alive():
            self._discarding = True
            self._refuse_and_back_off()
        else:
            self._refuse(self._door.overloaded_closing)

    def _refuse_and_back_off(self) -> None:
        self.transport.write(self._door.overloaded)
        now_s, before_s = self.loop.time(), self._refused_s
        self._refused_s = now_s
        if now_s - before_s < _BACK_OFF_S:
            self.flow.pause_reading()
            self.loop.call_later(_BACK_OFF_S, self._read_on)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()
