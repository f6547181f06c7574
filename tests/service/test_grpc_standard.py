"""What gRPC's own tools ask of the service: its health, and what it offers."""

import asyncio
import threading

import grpc
import pytest
from grpc_health.v1 import health_pb2 as pb
from grpc_reflection.v1alpha import reflection_pb2
from rpc_client import SERVICE, rpc
from stub_service import StubEngine, recognizer

SERVING, NOT_SERVING = pb.HealthCheckResponse.SERVING, pb.HealthCheckResponse.NOT_SERVING


def check(client, service=""):
    return client.call(
        "Check",
        pb.HealthCheckRequest(service=service),
        service="grpc.health.v1.Health",
        response=pb.HealthCheckResponse,
    )


def watch(client, service=""):
    method = client.channel.unary_stream(
        "/grpc.health.v1.Health/Watch",
        request_serializer=pb.HealthCheckRequest.SerializeToString,
        response_deserializer=pb.HealthCheckResponse.FromString,
    )
    return method(pb.HealthCheckRequest(service=service), timeout=10)


@pytest.mark.parametrize("service", ["", SERVICE])
async def test_a_service_with_a_model_is_healthy(service):
    async with rpc() as client:
        assert (await check(client, service)).status == SERVING


async def test_an_unknown_service_has_no_health():
    async with rpc() as client:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await check(client, "other")
        watched = await watch(client, "other").read()

    assert raised.value.code() is grpc.StatusCode.NOT_FOUND
    assert watched.status == pb.HealthCheckResponse.SERVICE_UNKNOWN


async def test_watchers_are_told_when_the_model_serves_and_when_the_server_stops():
    may_load = threading.Event()

    def load(settings):
        may_load.wait()
        return recognizer(StubEngine(), settings)

    async with rpc(load=load) as client:
        assert (await check(client)).status == NOT_SERVING
        stream = watch(client)
        seen = [(await stream.read()).status]
        may_load.set()
        seen.append((await stream.read()).status)
        await client.app.state.reloader.unload()
        seen.append((await stream.read()).status)
        await client.app.state.reloader.reload()
        seen.append((await stream.read()).status)
        rest = asyncio.create_task(stream.read())

    assert seen == [NOT_SERVING, SERVING, NOT_SERVING, SERVING]
    assert (await rest).status == NOT_SERVING


async def test_reflection_names_the_services_and_describes_them():
    async with rpc() as client:
        ask = client.channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection_pb2.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection_pb2.ServerReflectionResponse.FromString,
        )
        questions = [{"list_services": ""}, {"file_containing_symbol": SERVICE}]
        requests = [reflection_pb2.ServerReflectionRequest(**each) for each in questions]
        listed, described = [answer async for answer in ask(iter(requests), timeout=10)]

    names = {each.name for each in listed.list_services_response.service}
    assert names == {SERVICE, "grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"}
    assert b"ModelInferRequest" in described.file_descriptor_response.file_descriptor_proto[0]


async def test_a_broken_question_is_refused_in_grpcs_words():
    async with rpc() as client:
        with pytest.raises(grpc.aio.AioRpcError) as raised:
            await client.call(
                "Check", b"\xff\xff", service="grpc.health.v1.Health", response=pb.HealthCheckResponse
            )

    assert raised.value.code() is grpc.StatusCode.INVALID_ARGUMENT
