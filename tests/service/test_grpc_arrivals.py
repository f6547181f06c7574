"""What bounds the messages that arrive over gRPC."""

import asyncio
from contextlib import AsyncExitStack

import grpc
import pytest
from senders import Sender
from stub_service import until

from service.admission import HeldBytes
from service.errors import OverloadedError, ProtocolError, UploadTooSlowError
from service.rpc import open_inference_pb2 as pb
from service.rpc import wire
from service.rpc.arrivals import Arrivals
from service.rpc.calls import parse
from service.settings import Settings


def arrivals(**settings):
    """Two messages of 100 bytes at a time."""
    settings = Settings(**{"max_upload_bytes": 100, "max_pending_bytes": 200, **settings})
    return Arrivals(settings, HeldBytes(settings.max_pending_bytes))


async def read(arrivals, sender):
    async with arrivals.message(sender) as body:
        return body


async def test_reads_a_message():
    assert await read(arrivals(), Sender(b"seven")) == b"seven"


async def test_a_call_without_a_message_is_refused():
    with pytest.raises(ProtocolError):
        await read(arrivals(), Sender())


async def test_reads_all_messages_of_a_call():
    assert [each async for each in arrivals().messages(Sender(b"1", b"2"))] == [b"1", b"2"]


async def test_a_message_that_does_not_come_is_given_up():
    with pytest.raises(UploadTooSlowError):
        await read(arrivals(upload_timeout_s=0.01), Sender(b"late", silent=True))


async def test_all_messages_that_are_worked_on_are_bounded_together():
    some = arrivals()

    async with AsyncExitStack() as held:
        for _ in range(2):
            await held.enter_async_context(some.message(Sender(bytes(100))))
        with pytest.raises(OverloadedError):
            await read(some, Sender(b"1"))

    assert await read(some, Sender(b"1")) == b"1"


async def test_who_sends_nothing_gives_way_the_longest_first():
    some = arrivals()
    silent = [Sender(b"late", silent=True) for _ in range(2)]
    waiting = [asyncio.create_task(read(some, each)) for each in silent]
    await until(lambda: len(some._arriving) == 2)

    assert await read(some, Sender(b"quick")) == b"quick"
    with pytest.raises(OverloadedError):
        await waiting[0]
    silent[1].may_send.set()
    assert await waiting[1] == b"late"


async def test_no_more_wait_than_may():
    some = arrivals(max_pending=1)
    silent = [asyncio.create_task(read(some, Sender(silent=True))) for _ in range(2)]
    await until(lambda: len(some._arriving) == 2)
    waiting = asyncio.create_task(read(some, Sender(b"quick")))
    await until(lambda: some._waiting == 1)

    with pytest.raises(OverloadedError):
        await read(some, Sender(b"quick"))
    assert await waiting == b"quick"
    for each in silent:
        each.cancel()


def in_fields(count):
    return b"\x3a\x00" * count  # raw_input_contents, empty


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(in_fields(wire.MAX_FIELDS + 1), id="many-fields"),
        pytest.param(b"\x2a\x82\x10" + b"\x22\x00" * 1025, id="many-in-an-input"),
        pytest.param(b"\x2a\x05\x08", id="breaks-off"),
        pytest.param(b"\x0b\x0c", id="group"),
        pytest.param(b"\xff" * 20, id="endless-number"),
    ],
)
def test_messages_that_only_cost_memory_are_refused(body):
    with pytest.raises(ProtocolError):
        parse(pb.ModelInferRequest, body)


def test_messages_with_few_fields_and_many_numbers_are_read():
    tensor = pb.ModelInferRequest.InferInputTensor(shape=[1, 28, 28])
    tensor.contents.uint_contents.extend([1] * 10_000)
    message = pb.ModelInferRequest(inputs=[tensor])
    message.parameters["fixed"].double_param = 0.5

    assert parse(pb.ModelInferRequest, message.SerializeToString()) == message
    assert len(parse(pb.ModelInferRequest, in_fields(wire.MAX_FIELDS)).raw_input_contents) == wire.MAX_FIELDS


def test_every_error_that_can_reach_a_call_has_a_code():
    from service.problems import STATUSES
    from service.rpc.statuses import BUG, failure_of

    own_to_http = {"head-too-large"}
    for error in STATUSES:
        if error.code not in own_to_http:
            failure = failure_of(error.__new__(error))
            assert failure.code is not grpc.StatusCode.OK
            assert failure.code is not grpc.StatusCode.UNKNOWN
    assert BUG.code is grpc.StatusCode.INTERNAL
