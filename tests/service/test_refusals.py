"""More is asked than can be answered, over a real socket: refused by the head."""

import asyncio
import json
import re
from contextlib import asynccontextmanager

import pytest
from listening import HEALTH, listening, post
from pictures import draw_seven, encode
from stub_service import GatedEngine, until

from service.door import DOOR
from service.settings import Settings
from service.turns import TurnTakingProtocol

pytestmark = pytest.mark.timeout(20)


@pytest.fixture
def engine():
    return GatedEngine()


@asynccontextmanager
async def busy(engine, **settings):
    """A service whose one place is taken until the end."""
    async with listening(Settings(max_pending=1, **settings), engine=engine) as (begin, _):
        try:
            waiting = await begin(post(encode(draw_seven())))
            await until(engine.entered.is_set)
            yield begin, waiting
        finally:
            engine.may_go.set()


def head(size, *, path="/predict", more=""):
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n{more}\r\n".encode()


async def test_refuses_before_the_body_is_sent_and_the_connection_lives_on(engine, seven):
    async with busy(engine) as (begin, waiting):
        late = await begin(head(4, path="/read?x=1"))
        status, headers, body = await late.hear()
        late.say(b"1234" + HEALTH + head(2) + b"12")
        health, *_ = await late.hear()
        again, *_ = await late.hear()
        engine.may_go.set()
        accepted, *_ = await waiting.hear()
        late.say(post(seven))
        after, *_ = await late.hear()

    assert (status, json.loads(body)["code"], headers["retry-after"]) == (503, "overloaded", "1")
    assert headers["x-content-type-options"] == "nosniff"
    assert (health, again) == (200, 503)
    assert (accepted, after) == (200, 200)


async def test_closes_where_the_client_asked_for_it(engine):
    async with busy(engine) as (begin, _):
        late = await begin(head(0, more="Connection: close\r\n"))
        status, headers, _ = await late.hear()
        rest = await late.closed()

    assert (status, headers["connection"], rest) == (503, "close", b"")


async def test_a_refused_body_must_come_as_fast_as_a_head(engine):
    async with busy(engine, head_timeout_s=0.1) as (begin, _):
        late = await begin(head(1000) + b"1")
        await late.hear()
        rest = await late.closed()

    assert rest == b""


async def test_requests_that_wait_for_their_turn_count_and_those_whose_client_left_no_more(engine, seven):
    async with listening(Settings(threads=1, max_pending=2), engine=engine) as (begin, server):
        working = await begin(post(seven))
        await until(engine.entered.is_set)
        waiting = await begin(post(seven))
        await until(lambda: len(server.server_state.tasks) == 2)
        late = await begin(post(seven))
        status, *_ = await late.hear()
        waiting.writer.close()
        await until(lambda: len(server.server_state.tasks) == 1)
        late.say(post(seven))
        await until(lambda: len(server.server_state.tasks) == 2)
        engine.may_go.set()
        answers = [(await talk.hear())[0] for talk in (working, late)]

    assert status == 503
    assert answers == [200, 200]


async def test_a_client_that_asks_again_at_once_is_not_heard_at_once(engine):
    loop = asyncio.get_running_loop()
    async with busy(engine) as (begin, _):
        late = await begin(head(0))
        await late.hear()
        late.say(head(0))
        await late.hear()
        refused_s = loop.time()
        late.say(head(0))
        other = await begin(head(0))
        await other.hear()
        other_s = loop.time() - refused_s
        await late.hear()
        again_s = loop.time() - refused_s

    assert other_s < again_s
    assert again_s > 0.09


async def test_refusals_are_counted_and_logged_in_sum(engine, caplog):
    caplog.set_level("INFO")
    async with busy(engine) as (begin, _):
        late = await begin()
        for _ in range(3):
            late.say(post(b"1"))
            await late.hear()
        await until(lambda: "refused" in caplog.text)
        late.say(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        text = (await late.hear())[2].decode()

    counted = re.search(r'digits_requests_total{method="POST",route="/predict",status="503"} (\S+)', text)
    assert float(counted[1]) == 3
    assert "refused 3 requests" in caplog.text


async def test_whole_requests_take_turns_and_what_waited_too_long_is_told_so(engine, seven):
    settings = Settings(threads=1, deadline_s=1.2)
    async with listening(settings, engine=engine) as (begin, server):
        talks = [await begin(post(seven)) for _ in range(6)]
        await until(lambda: server.lifespan.state[DOOR].pending == 6)
        tasks = len(server.server_state.tasks)
        slow = await begin(post(seven)[:-1])
        await until(lambda: len(server.server_state.tasks) > tasks)  # is read as it comes, in nobody's turn
        statuses = [(await talk.hear())[0] for talk in talks]
        engine.may_go.set()
        slow.say(post(seven)[-1:])
        last, *_ = await slow.hear()

    assert tasks == 3
    assert statuses == [504] * 6
    assert last == 200
    assert len(engine.calls) == 2, "the first, and the one after"


async def test_an_overload_leaves_a_short_queue_and_refuses_the_rest_of_it(engine, seven):
    settings = Settings(threads=1, max_pending=8, max_pending_overloaded=4)
    async with listening(settings, engine=engine) as (begin, server):
        talks = []
        for n in range(8):
            more = "Connection: close\r\n" if n == 7 else ""
            talks.append(await begin(head(len(seven), more=more) + seven))
            await until(lambda: server.lifespan.state[DOOR].pending == n + 1)  # noqa: B023 - called at once
        late = await begin(post(seven))
        status, *_ = await late.hear()
        refused = [(await talk.hear())[0] for talk in talks[4:]]
        rest = await talks[7].closed()
        engine.may_go.set()
        answered = [(await talk.hear())[0] for talk in talks[:4]]
        talks[5].say(post(seven))
        again, *_ = await talks[5].hear()

    assert (status, refused, rest) == (503, [503] * 4, b"")
    assert answered == [200] * 4, "three tasks, and one that waited"
    assert again == 200


@pytest.mark.parametrize(("batches", "largest"), [(True, 17), (False, 1)], ids=["batches", "one-by-one"])
async def test_as_many_have_their_turn_as_fill_a_batch_if_the_engine_takes_batches(batches, largest, seven):
    head = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n\r\n" % len(seven)
    engine = GatedEngine(batches=batches)
    async with listening(Settings(threads=1), engine=engine) as (begin, _):
        first = await begin(head + seven)
        await until(engine.entered.is_set)
        others = [await begin(head + seven) for _ in range(30)]
        await asyncio.sleep(0.2)  # all has arrived that comes
        engine.may_go.set()
        statuses = [(await each.hear())[0] for each in (first, *others)]

    assert statuses == [200] * 31
    assert 0.5 * largest < max(len(images) for images in engine.calls) <= largest


async def test_whole_requests_are_refused_unparsed_and_nobody_can_tell(engine, seven, monkeypatch):
    begun = []
    monkeypatch.setattr(
        TurnTakingProtocol, "on_message_begin", tell(begun, TurnTakingProtocol.on_message_begin)
    )
    parsed = head(len(seven), more="Connection: keep-alive\r\n") + seven
    async with listening(Settings(max_pending=1, idle_timeout_s=1), engine=engine) as (begin, _):
        working = await begin(post(seven))
        await until(engine.entered.is_set)
        glanced, other = await begin(), await begin()
        glanced.say(post(seven))
        at_a_glance = await glanced.hear()
        other.say(parsed)
        after_parsing = await other.hear()
        await glanced.closed()  # for it lies idle again
        engine.may_go.set()
        done = await working.hear()

    assert at_a_glance == after_parsing
    assert at_a_glance[0] == 503
    assert len(begun) == 2, "the first, and the one with a header"
    assert done[0] == 200


def tell(told, method):
    def telling(self):
        told.append(self)
        method(self)

    return telling
