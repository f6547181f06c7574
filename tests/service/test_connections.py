"""Heads too large or too slow, idle connections, clients that do not read: over a real socket."""

import asyncio
import json
import socket

import pytest
from listening import HEALTH, listening, post
from stub_service import GatedEngine, StubEngine, until

from service.door import room_for
from service.settings import Settings

LINE = b"GET /health/live HTTP/1.1\r\n"


pytestmark = pytest.mark.timeout(20)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(LINE + b"A: b\r\n" * 101 + b"\r\n", id="many-headers"),
        pytest.param(LINE + b"A: " + b"b" * 2000 + b"\r\n\r\n", id="long-header"),
        pytest.param(LINE + b"A: " + b"b" * 2000, id="long-header-without-end"),
        pytest.param(b"GET /" + b"a" * 2000, id="long-path-without-end"),
    ],
)
async def test_a_head_too_large_is_refused(head):
    async with listening(Settings(max_head_bytes=1500)) as (begin, _):
        talk = await begin(head)
        status, headers, body = await talk.hear()
        rest = await talk.closed()

    assert (status, json.loads(body)["code"], rest) == (431, "head-too-large", b"")
    assert headers["content-type"] == "application/problem+json"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["connection"] == "close"


async def test_heads_within_the_limits_are_served_however_many_share_a_connection():
    async with listening(Settings(max_head_bytes=1500)) as (begin, _):
        talk = await begin()
        statuses = []
        for _ in range(5):
            head = LINE + b"Host: x\r\n" + b"A: b\r\n" * 99
            talk.say(head[:300])
            await asyncio.sleep(0)
            talk.say(head[300:] + b"\r\n")
            statuses.append((await talk.hear())[0])

    assert statuses == [200] * 5


async def test_a_head_that_drips_in_is_ended_and_disturbs_nobody(seven):
    async with listening(Settings(head_timeout_s=0.2)) as (begin, _):
        slow = await begin(LINE)

        async def drip():
            while True:
                slow.say(b"A: b\r\n")
                await asyncio.sleep(0.02)

        dripping = asyncio.create_task(drip())
        other = await begin(post(seven))
        meanwhile, *_ = await other.hear()
        status, _, body = await slow.hear()
        dripping.cancel()

    assert meanwhile == 200
    assert (status, json.loads(body)["code"]) == (408, "head-too-slow")


@pytest.mark.parametrize("junk", [b"", b"\r\n"], ids=["silent", "empty-lines"])
async def test_a_connection_without_a_request_is_closed(junk):
    async with listening(Settings(head_timeout_s=0.1)) as (begin, _):
        talk = await begin(junk)
        said = await talk.closed()

    assert said == b""


@pytest.mark.parametrize("junk", [b"", b"\r\n"], ids=["silent", "empty-lines"])
async def test_a_connection_idle_after_an_answer_is_closed(junk):
    async with listening(Settings(idle_timeout_s=1)) as (begin, _):
        talk = await begin(HEALTH)
        status, *_ = await talk.hear()
        talk.say(junk)
        rest = await talk.closed()

    assert (status, rest) == (200, b"")


async def test_the_rest_of_a_body_that_was_answered_early_must_come_as_fast_as_a_head():
    async with listening(Settings(head_timeout_s=0.1, api_keys_sha256="0" * 64)) as (begin, _):
        talk = await begin(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n1")
        refused, *_ = await talk.hear()
        rest = await talk.closed()
        whole = await begin(b"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n1")
        await whole.hear()
        whole.say(b"1" + HEALTH)
        after, *_ = await whole.hear()

    assert (refused, rest, after) == (401, b"", 200)


async def test_what_is_not_http_gets_a_problem_document_too():
    async with listening() as (begin, _):
        talk = await begin(b"\x16\x03\x01 this is TLS, or so")
        status, _, body = await talk.hear()
        rest = await talk.closed()

    assert (status, json.loads(body)["code"], rest) == (400, "malformed-request", b"")


CHUNKED = b"POST /predict HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_body_that_is_not_http_gets_one_too(at_once):
    async with listening() as (begin, server):
        talk = await begin(CHUNKED + b"1\r\na\r\n" + b"no length\r\n" * at_once)
        if not at_once:
            await asyncio.sleep(0.05)  # it waits for more of its body
            talk.say(b"no length\r\n")
        status, _, body = await talk.hear()
        rest = await talk.closed()
        await until(lambda: not server.server_state.tasks)

    assert (status, json.loads(body)["code"], rest) == (400, "malformed-request", b"")


async def test_a_body_that_is_not_http_never_answers_the_request_before_it(seven):
    engine = GatedEngine()
    async with listening(engine=engine) as (begin, _):
        talk = await begin(post(seven))
        await asyncio.to_thread(engine.entered.wait)
        talk.say(CHUNKED + b"no length\r\n")
        said = await talk.closed()
        engine.may_go.set()

    assert said == b""


async def test_one_connection_too_many_takes_the_place_of_the_one_that_lay_idle_longest():
    async with listening(Settings(max_connections=3)) as (begin, server):
        first, second, third = [await begin(HEALTH) for _ in range(3)]
        for talk in (first, second, third, first):
            talk.say(HEALTH if talk is first else b"")
            await talk.hear()
        newest = await begin(HEALTH)
        status, *_ = await newest.hear()
        said = await second.closed()
        first.say(HEALTH)
        third.say(HEALTH)
        others = [(await talk.hear())[0] for talk in (first, third)]
        held = len(server.server_state.connections)

    assert (status, said, others, held) == (200, b"", [200, 200], 3)


async def test_connections_that_are_being_served_are_never_closed_to_make_room(seven):
    async with listening(Settings(max_connections=1)) as (begin, _):
        served = await begin(post(seven)[:-10])
        await asyncio.sleep(0.05)
        refused = await begin(HEALTH)
        said = await refused.closed()
        served.say(post(seven)[-10:])
        status, *_ = await served.hear()

    assert (said, status) == (b"", 200)


async def test_a_client_that_never_reads_its_answer_is_let_go():
    async with listening(Settings(idle_timeout_s=1)) as (begin, server):
        talk = await begin()
        talk.writer.transport.pause_reading()
        talk.say(b"GET /docs/static/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
        await until(lambda: server.server_state.connections)
        await until(lambda: not server.server_state.connections)


async def test_requests_far_ahead_of_their_answers_end_the_connection():
    async with listening() as (begin, _):
        talk = await begin(HEALTH * 100)
        await talk.closed()
        few = await begin(HEALTH * 10)
        statuses = [(await few.hear())[0] for _ in range(10)]

    assert statuses == [200] * 10


@pytest.mark.parametrize(
    "part", [b"POST /predict HT", post(b"1" * 100)[:-1], post(b"")], ids=["head", "body", "request"]
)
async def test_a_client_that_closes_its_side_is_let_go(part, seven):
    async with listening() as (begin, server):
        half = await begin(part)
        half.writer.write_eof()
        await until(lambda: not server.server_state.connections)
        other = await begin(post(seven))
        status, *_ = await other.hear()
        await half.closed()

    assert status == 200


async def test_a_client_that_asked_on_and_left_is_not_worked_for(seven):
    engine = GatedEngine()
    async with listening(Settings(threads=1), engine=engine) as (begin, server):
        first = await begin(post(seven))
        await until(engine.entered.is_set)
        gone = await begin(post(seven) + HEALTH)
        await until(lambda: sum(each.cycle is not None for each in server.server_state.connections) == 2)
        await asyncio.sleep(0.05)  # its picture waits for the thread
        gone.writer.close()
        await until(lambda: len(server.server_state.connections) == 1)
        engine.may_go.set()
        status, *_ = await first.hear()
        first.say(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        _, _, metrics = await first.hear()

    assert status == 200
    assert len(engine.calls) == 1
    assert b'route="/predict",status="gone"} 1.0' in metrics


@pytest.mark.parametrize("asks", [True, False], ids=["asks", "is silent"])
async def test_a_connection_made_just_before_the_end_may_still_ask(asks):
    async with listening() as (begin, server):
        talk = await begin()
        await until(lambda: server.server_state.connections)
        (connection,) = server.server_state.connections
        connection.shutdown()
        if asks:
            talk.say(HEALTH)
            status, headers, _ = await talk.hear()
            assert (status, headers["connection"]) == (200, "close")
        rest = await talk.closed()

    assert rest == b""


@pytest.mark.parametrize(
    "head", [b"G@RBAGE ", b"GET / HTTP/9.9\r\n", b"GET / HTTP/1.1\r\nContent-Length: zz\r\n"]
)
async def test_what_is_no_request_is_refused_once_however_much_follows(head, caplog):
    async with listening() as (begin, _):
        talk = await begin(head + b"A" * 40_000)
        status, *_ = await talk.hear()
        rest = await talk.closed()

    assert (status, rest) == (400, b"")
    assert "Fatal" not in caplog.text


def test_says_how_many_connections_the_operating_system_allows(monkeypatch, caplog):
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 1000))
    limits = []
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: limits.append(limit))

    assert room_for(500) == 500
    assert room_for(5000) == 800
    assert limits == [(1000, 1000)] * 2
    assert "800 connections" in caplog.text


async def test_clients_that_never_read_keep_nobody_elses_pictures_waiting(seven):
    head = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(seven)
    document = b"GET /openapi.json HTTP/1.1\r\nHost: here\r\n\r\n"
    async with listening(Settings(threads=1), engine=StubEngine(confidence=0.999)) as (begin, server):
        address = (await begin()).writer.get_extra_info("peername")
        deaf = [socket.socket() for _ in range(4)]
        for each in deaf:
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            each.connect(address)
        await until(lambda: len(server.server_state.connections) == 5)
        connections = list(server.server_state.connections)
        while sum(each.flow.write_paused for each in connections) < 4:
            for each in deaf:
                each.sendall(document)
            await asyncio.sleep(0.01)
        for each in deaf:
            each.sendall(head + seven)
        await asyncio.sleep(0.1)
        async with asyncio.timeout(5):
            heard = await (await begin(head + seven)).hear()
        for each in deaf:
            each.close()

    assert heard[0] == 200


async def test_a_request_behind_another_is_served_and_not_idle(seven):
    """Were it idle, the next connection would take its place."""
    head = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(seven)
    engine = GatedEngine()
    async with listening(Settings(max_connections=1), engine=engine) as (begin, _):
        first = await begin(b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n" + head + seven)
        await until(engine.entered.is_set)
        second = await begin()
        await second.closed()
        engine.may_go.set()
        heard = [(await first.hear())[0] for _ in range(2)]

    assert heard == [200, 200]


async def test_a_body_behind_another_request_has_its_own_time(seven):
    """Not that of a head, from the other's answer on."""
    head = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(seven)
    async with listening(Settings(head_timeout_s=0.2), engine=StubEngine(confidence=0.999)) as (begin, _):
        talk = await begin(b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n" + head + seven[:100])
        first = (await talk.hear())[0]
        await asyncio.sleep(0.4)
        talk.say(seven[100:])
        second = (await talk.hear())[0]

    assert (first, second) == (200, 200)
