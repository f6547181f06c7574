"""More is asked than can be answered: some are refused at once, nobody waits for ever."""

import asyncio

import pytest
from stub_service import GatedEngine, StubEngine, running, until

from service.admission import Admission
from service.errors import DeadlineExceededError, OverloadedError
from service.settings import Settings


def post(client, picture):
    return asyncio.create_task(client.post("/predict", content=picture))


async def test_refuses_more_requests_than_may_wait(seven):
    engine = GatedEngine()
    async with running(Settings(max_pending=1), engine=engine) as client:
        first = post(client, seven)
        await until(engine.entered.is_set)
        second = await client.post("/predict", content=seven)
        engine.may_go.set()
        accepted = await first
        third = await client.post("/predict", content=seven)

    assert (second.status_code, second.json()["code"]) == (503, "overloaded")
    assert int(second.headers["retry-after"]) >= 1
    assert accepted.status_code == third.status_code == 200


async def test_answers_health_while_every_thread_works_and_the_queue_is_full(seven):
    engine = GatedEngine()
    async with running(Settings(threads=1, max_pending=2), engine=engine) as client:
        waiting = [post(client, seven) for _ in range(2)]
        await until(engine.entered.is_set)
        async with asyncio.timeout(10):
            statuses = [
                (await client.get(path)).status_code for path in ("/health", "/health/live", "/health/ready")
            ]
            statuses.append((await client.get("/metrics")).status_code)
        still_waiting = not any(task.done() for task in waiting)
        engine.may_go.set()
        answers = await asyncio.gather(*waiting)

    assert statuses == [200] * 4
    assert still_waiting
    assert [answer.status_code for answer in answers] == [200] * 2


@pytest.mark.parametrize("batches", [False, True], ids=["engine-without-batches", "engine-with-batches"])
async def test_a_request_that_takes_too_long_is_answered_all_the_same(seven, batches):
    engine = GatedEngine(batches=batches)
    async with running(Settings(deadline_s=0.05), engine=engine) as client:
        late = await client.post("/predict", content=seven)
        read_late = await client.post("/read", content=seven)
        engine.may_go.set()

    assert (late.status_code, late.json()["code"]) == (504, "deadline-exceeded")
    assert int(late.headers["retry-after"]) >= 1
    assert read_late.status_code == 504


async def test_work_past_its_deadline_keeps_its_thread_and_what_waited_too_long_is_never_begun(seven):
    engine = GatedEngine()
    async with running(Settings(threads=1, deadline_s=0.05), engine=engine) as client:
        begun = await client.post("/predict", content=seven)
        waited = [await client.post("/predict", content=seven) for _ in range(3)]
        engine.may_go.set()
        await until(lambda: engine.calls)
        after = await client.post("/predict", content=seven)

    assert {answer.status_code for answer in (begun, *waited)} == {504}
    assert after.status_code == 200
    assert len(engine.calls) == 2, "the first, and the one after"


async def test_an_engines_own_timeout_is_not_taken_for_the_deadline():
    async def work():
        raise TimeoutError("the engine's")

    with pytest.raises(TimeoutError, match="the engine's"):
        await Admission(1, at_once=1, deadline_s=60).serve(work, leaving=None)


async def test_a_deadline_error_names_the_deadline():
    with pytest.raises(DeadlineExceededError, match=r"0\.01 s"):
        await Admission(1, at_once=1, deadline_s=0.01).serve(lambda: asyncio.sleep(60), leaving=None)


async def test_work_of_a_client_that_left_while_it_waited_is_dropped(seven):
    engine = GatedEngine()
    left = asyncio.Event()
    sent = []

    async def receive():
        if not sent:
            sent.append(True)
            return {"type": "http.request", "body": seven, "more_body": False}
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        raise AssertionError(message)

    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
    async with running(Settings(threads=1), engine=engine) as client:
        first = post(client, seven)
        await until(engine.entered.is_set)
        gone = asyncio.create_task(client.app(scope, receive, send))
        await until(lambda: sent)
        left.set()
        await gone
        engine.may_go.set()
        answer = await first
        metrics = (await client.get("/metrics")).text

    assert answer.status_code == 200
    assert len(engine.calls) == 1
    assert 'route="/predict",status="gone"} 1.0' in metrics


async def test_bodies_are_refused_beyond_the_bytes_that_all_may_hold_together(seven):
    engine = GatedEngine()
    room = Settings(max_pending_bytes=len(seven) + 100)
    async with running(room, engine=engine) as client:
        first = post(client, seven)
        await until(engine.entered.is_set)
        refused = await client.post("/predict", content=seven)
        engine.may_go.set()
        await first
        later = await client.post("/predict", content=seven)

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert "bytes" in refused.json()["detail"]
    assert later.status_code == 200


async def test_a_queue_is_worked_off_in_full(seven):
    async with running(Settings(threads=1), engine=StubEngine()) as client:
        answers = await asyncio.gather(*(client.post("/predict", content=seven) for _ in range(20)))

    assert {answer.status_code for answer in answers} == {200}


async def test_an_overflown_queue_is_kept_short_until_a_second_has_passed_without_a_refusal():
    now_s = 100.0
    may_go = asyncio.Event()
    admission = Admission(3, at_once=1, deadline_s=60, short_limit=2, now_s=lambda: now_s)

    async def leaving():
        await asyncio.sleep(3600)

    def ask():
        return asyncio.create_task(admission.serve(may_go.wait, leaving))

    asked = [ask() for _ in range(4)]
    await until(asked[3].done)
    short = admission.limit
    now_s += 0.9
    refused_again = admission.refuses()
    now_s += 0.9
    still_short = admission.limit
    now_s += 0.2
    long_again = admission.limit
    may_go.set()
    await asyncio.gather(*asked[:3])

    assert isinstance(asked[3].exception(), OverloadedError)
    assert (short, refused_again, still_short, long_again) == (2, True, 2, 3)
    assert not admission.refuses()


async def test_who_waited_too_long_is_told_so_even_where_the_work_would_be_quick():
    async def work():
        return "answered"

    with pytest.raises(DeadlineExceededError):
        await Admission(1, at_once=1, deadline_s=1).serve(work, leaving=None, waited_s=5)
