"""Around every call: who may make it, its message, its errors, its id and its log line."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from digits.errors import DigitsError
from service.errors import AdminDisabledError, ProtocolError, UnauthorizedError
from service.inference.stopwatch import Stopwatch
from service.logs import FIELDS
from service.rpc.arrivals import Arrivals
from service.rpc.serving import Serving
from service.rpc.statuses import BUG, Failure, failure_of
from service.rpc.wire import check_outline
from service.telemetry import GONE, REQUEST_ID_HEADER, Ended, Journal, acceptable_id

M = TypeVar("M", bound=Message)

# In quotes, because they take parameters in the stubs alone.
Context: TypeAlias = "grpc.aio.ServicerContext[Any, Any]"
Handler: TypeAlias = "grpc.RpcMethodHandler[Any, Any]"

_ID: Final = REQUEST_ID_HEADER.lower()

log = logging.getLogger("digits.request")


@dataclass(slots=True)
class Call:
    """One call.

    Attributes:
        metadata: What it carries beside its message, such as a key; names in small letters.
        body: Its message as it came.
        watch: Takes the time of its stages, if it has any.
    """

    path: str
    metadata: Mapping[str, str]
    request_id: str
    started_s: float = field(default_factory=time.perf_counter)
    body: bytes = b""
    watch: Stopwatch | None = None

    @classmethod
    def of(cls, path: str, context: Context) -> "Call":
        """What there is before the message."""
        given = {name: value for name, value in context.invocation_metadata() or () if isinstance(value, str)}
        return cls(path, given, acceptable_id(given.get(_ID, "")))


Guard: TypeAlias = Callable[[Call], None]
"""Raises what refuses a call, before its message is read."""


@dataclass(frozen=True, slots=True)
class Method:
    """What answers the calls of one name.

    Attributes:
        request: Kind of its message; None if that has nothing in it, and is not read.
        answer: Gives a message, or one that is on the wire already.
        guard: Who may call it; None is everyone.
    """

    request: type[Message] | None
    answer: Callable[..., Awaitable[Message | bytes]]
    guard: Guard | None = None


class Calls:
    """Serves methods.

    Each is registered as if its client streamed: on the wire one message is the same either way, and so its
    caller can be refused before it is read, and its time bounded.
    """

    def __init__(self, serving: Serving, arrivals: Arrivals) -> None:
        self._serving = serving
        self._arrivals = arrivals
        self._journal = Journal(serving.metrics, serving.tracing)

    def need_key(self, call: Call) -> None:
        """Let only known clients in, and each no more often than allowed; everyone, if no key is configured.

        Raises:
            UnauthorizedError: The call has no key or an unknown one.
            RateLimitedError: The key has made too many.
        """
        keys = self._serving.api_keys
        if not keys:
            return
        known = keys.find(_key(call))
        if known is None:
            raise UnauthorizedError
        self._serving.rate_limit.take(known)

    def need_admin(self, call: Call) -> None:
        """Let only the operator in.

        Raises:
            AdminDisabledError: No admin key is configured.
            UnauthorizedError: The call has no key or a wrong one.
        """
        keys = self._serving.admin_keys
        if not keys:
            raise AdminDisabledError
        if keys.find(_key(call)) is None:
            raise UnauthorizedError

    def handler(self, path: str, method: Method) -> Handler:
        """Have gRPC call a method."""

        async def serve(_: object, context: Context) -> bytes:
            return await self._serve(method, Call.of(path, context), context)

        return grpc.stream_unary_rpc_method_handler(serve)

    async def _serve(self, method: Method, call: Call, context: Context) -> bytes:  # noqa: RET503 - abort raises
        identity = ((_ID, call.request_id),)
        try:
            reply = await self._answer(method, call, context)
        except DigitsError as error:
            failure = failure_of(error)
        except asyncio.CancelledError:  # the client is gone, or its deadline is over
            self._record(call, status=0, shown=GONE)
            raise
        except Exception:
            log.exception("a bug answered this call", extra={FIELDS: {"request_id": call.request_id}})
            failure = BUG
        else:
            self._record(call, status=200, shown=grpc.StatusCode.OK.name)
            context.set_trailing_metadata(identity)
            return reply
        self._record(call, status=failure.problem.status, shown=failure.code.name, failure=failure)
        await context.abort(failure.code, failure.detail, (*identity, *failure.metadata()))

    async def _answer(self, method: Method, call: Call, context: Context) -> bytes:
        if method.guard:
            method.guard(call)
        if method.request is None:
            return _wire(await method.answer(call))
        async with self._arrivals.message(context) as call.body:
            return _wire(await method.answer(parse(method.request, call.body), call))

    def _record(self, call: Call, *, status: int, shown: str, failure: Failure | None = None) -> None:
        service, _, method = call.path[1:].partition("/")
        self._journal.record(
            Ended(
                request_id=call.request_id,
                method="POST",  # gRPC is HTTP/2
                scheme="http",
                route=call.path,
                path=call.path,
                status=status,
                shown=shown,
                started_s=call.started_s,
                headers=lambda: call.metadata,
                problem=failure.problem.code if failure else None,
                watch=call.watch,
                protocol={"rpc.system": "grpc", "rpc.service": service, "rpc.method": method},
            )
        )


def parse(kind: type[M], body: bytes) -> M:
    """Read a message.

    Raises:
        ProtocolError: It is none of this kind, or has too many fields.
    """
    check_outline(kind.DESCRIPTOR.full_name, memoryview(body))
    try:
        return kind.FromString(body)
    except DecodeError:
        raise ProtocolError(f"The message is no {kind.DESCRIPTOR.name}.") from None


def _wire(reply: Message | bytes) -> bytes:
    return reply if isinstance(reply, bytes) else reply.SerializeToString()


def _key(call: Call) -> str:
    scheme, _, key = call.metadata.get("authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" else ""
