"""A client of the application's gRPC port, in this process."""

import asyncio
from contextlib import asynccontextmanager

import grpc
from served_process import free_port
from stub_service import running

from service.rpc import open_inference_pb2 as pb
from service.settings import Settings

SERVICE = "inference.GRPCInferenceService"

_LAST_EVENTS_S = 0.05


class RpcClient:
    """Calls methods by their names."""

    def __init__(self, channel, http):
        self.channel = channel
        self.http = http
        self.app = http.app

    def call(self, name, request=None, *, service=SERVICE, response=None, **options):
        """Call a method whose messages are called as it is, unless told otherwise."""
        request = getattr(pb, f"{name}Request")() if request is None else request
        method = self.channel.unary_unary(
            f"/{service}/{name}",
            request_serializer=lambda each: each if isinstance(each, bytes) else each.SerializeToString(),
            response_deserializer=(response or getattr(pb, f"{name}Response")).FromString,
        )
        return method(request, timeout=10, **options)


@asynccontextmanager
async def rpc(*, engine=None, load=None, tracing=None, **settings):
    """A client of a started application."""
    port = free_port()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        async with running(
            Settings(grpc_port=port, **settings),
            engine=engine,
            load=load,
            tracing=tracing,
            raise_app_exceptions=False,
        ) as http:
            yield RpcClient(channel, http)
        await asyncio.sleep(_LAST_EVENTS_S)  # or the closed channel cancels calls whose answer is on its way
    # gRPC has one queue of events a process, and what is left in it fails the test that comes next.
    await asyncio.sleep(_LAST_EVENTS_S)


def question(images, *, raw=True, **changes):
    """Ask for digit images, raw or as numbers."""
    tensor = pb.ModelInferRequest.InferInputTensor(name="images", datatype="UINT8", shape=list(images.shape))
    if not raw:
        tensor.contents.uint_contents.extend(images.ravel().tolist())
    return pb.ModelInferRequest(
        **{
            "model_name": "digits",
            "id": "42",
            "inputs": [tensor],
            "raw_input_contents": [images.tobytes()] if raw else [],
            **changes,
        }
    )
