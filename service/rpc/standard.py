"""What every gRPC server has: the health service and reflection. They are neither counted nor logged."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from typing import Any

import grpc
from grpc_health.v1 import health_pb2 as pb
from grpc_reflection.v1alpha import reflection, reflection_pb2

from digits.errors import DigitsError
from service.inference.slot import ModelSlot
from service.rpc.arrivals import Arrivals
from service.rpc.calls import Context, Handler, parse
from service.rpc.statuses import failure_of

HEALTH: str = pb.DESCRIPTOR.services_by_name["Health"].full_name

_Status = pb.HealthCheckResponse


class Health:
    """Serves when the model does, and no more once the server stops.

    Own, because the library's keeps its watchers, and so a server that waits for them, until they leave.
    """

    def __init__(self, slot: ModelSlot, services: Iterable[str], arrivals: Arrivals) -> None:
        self._slot = slot
        self._services = {"", *services}
        self._arrivals = arrivals
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Tell all watchers that it is over."""
        self._stopping.set()

    def handlers(self) -> dict[str, Handler]:
        """By name."""
        return {
            "Check": grpc.stream_unary_rpc_method_handler(refusing(self._check)),
            "Watch": grpc.stream_stream_rpc_method_handler(refusing(self._watch)),
        }

    async def _check(self, context: Context) -> bytes:
        service = await self._asked(context)
        if service not in self._services:
            await context.abort(grpc.StatusCode.NOT_FOUND, "No such service.")
        return _response(self._status())

    async def _watch(self, context: Context) -> None:
        service = await self._asked(context)
        shown = None
        while not self._stopping.is_set():
            changed = self._slot.changed
            status = self._status() if service in self._services else _Status.SERVICE_UNKNOWN
            if status != shown:
                await context.write(_response(status))
                shown = status
            await _first(changed.wait(), self._stopping.wait())
        await context.write(_response(_Status.NOT_SERVING))

    async def _asked(self, context: Context) -> str:
        async with self._arrivals.message(context) as body:
            service: str = parse(pb.HealthCheckRequest, body).service
        return service

    def _status(self) -> int:
        serving = self._slot.ready and not self._stopping.is_set()
        status: int = _Status.SERVING if serving else _Status.NOT_SERVING
        return status


def reflection_handlers(services: Iterable[str], arrivals: Arrivals) -> dict[str, Any]:
    """GRPC's own reflection, whose messages are bounded as all are."""
    servicer = reflection.aio.ReflectionServicer((*services, reflection.SERVICE_NAME))

    async def requests(context: Context) -> AsyncIterator[Any]:
        async for body in arrivals.messages(context):
            yield parse(reflection_pb2.ServerReflectionRequest, body)

    async def info(context: Context) -> None:
        async for response in servicer.ServerReflectionInfo(requests(context), context):
            await context.write(response.SerializeToString())

    return {"ServerReflectionInfo": grpc.stream_stream_rpc_method_handler(refusing(info))}


def refusing(serve: Callable[[Context], Awaitable[Any]]) -> Callable[[object, Context], Awaitable[Any]]:
    """Have a handler's errors answered in gRPC's words."""

    async def answer(_: object, context: Context) -> Any:  # noqa: ANN401, RET503 - whatever; abort raises
        try:
            return await serve(context)
        except DigitsError as error:
            failure = failure_of(error)
        await context.abort(failure.code, failure.detail, failure.metadata())

    return answer


async def _first(*events: Coroutine[Any, Any, Any]) -> None:
    waiting = [asyncio.create_task(each) for each in events]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()


def _response(status: int) -> bytes:
    encoded: bytes = pb.HealthCheckResponse(status=status).SerializeToString()
    return encoded
