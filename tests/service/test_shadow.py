"""A second version looks at what was answered: it is counted, and nobody else notices."""

import asyncio
import re

import pytest
from stub_service import GatedEngine, StubEngine, recognizer, running, until
from stub_versions import Store, all_ready

from digits.errors import ModelCorruptError
from service.inference.lineup import Lineup
from service.inference.recognizer import Recognition
from service.inference.shares import Share
from service.inference.slot import ModelSlot
from service.metrics import Metrics
from service.settings import Settings
from service.shadowing import Shadow


def shadowed(share=1.0, **changes):
    return Settings(model_version=2, shadow_version=3, shadow_share=share, **changes)


COUNT = re.compile(r'^digits_shadowed_total\{outcome="(\w+)",primary="2",shadow="3"\} (\d+)', re.MULTILINE)


async def outcomes(client):
    """How often the shadow came to which end."""
    text = (await client.get("/metrics")).text
    return {outcome: int(count) for outcome, count in COUNT.findall(text)}


async def until_outcomes(client, **expected):
    while await outcomes(client) != expected:  # noqa: ASYNC110 - the counts are somebody else's state
        await asyncio.sleep(0.001)


async def ask(client, picture, path="/predict"):
    return await client.post(path, content=picture)


@pytest.mark.parametrize("path", ["/predict", "/read"])
@pytest.mark.parametrize(("digit", "outcome"), [(2, "agree"), (7, "disagree")])
async def test_counts_where_the_shadow_agrees_and_answers_as_the_primary(seven, path, digit, outcome):
    load = Store(engines={3: StubEngine(answer=digit)})
    async with running(shadowed(), load=load) as client:
        await all_ready(client)
        answers = [await ask(client, seven, path) for _ in range(3)]
        await until_outcomes(client, **{outcome: 3})
        card = (await client.get("/model")).json()

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["model"]["version"] for answer in answers} == {2}
    assert [(each["version"], each["shadow_share"]) for each in card["versions"]] == [(2, 0), (3, 1)]


async def test_looks_at_its_share_of_what_the_primary_answered_and_at_nothing_else(seven):
    sevens = [seven + bytes([n]) for n in range(24)]
    mine = [each for each in sevens if each in Share("shadow", 3, 0.5)]
    canary = [each for each in sevens if each in Share("canary", 1, 0.5)]
    both = len(set(mine) - set(canary))
    settings = shadowed(0.5, canary_version=1, canary_share=0.5)
    async with running(settings, load=Store()) as client:
        await all_ready(client)
        for each in sevens:
            await ask(client, each)
            await ask(client, each, "/predict?version=1")
            await ask(client, each, "/predict?version=3")
        await until_outcomes(client, disagree=both)

    assert 0 < both < len(mine)


async def test_what_the_primary_refuses_is_not_looked_at(seven):
    async with running(shadowed(), load=Store()) as client:
        await all_ready(client)
        refused = await ask(client, b"no picture")
        await ask(client, seven)
        await until_outcomes(client, disagree=1)

    assert refused.status_code == 415


async def test_a_shadow_that_hangs_delays_nobody_and_holds_a_bounded_number_of_pictures(seven):
    shadow = GatedEngine(answer=2)
    async with running(shadowed(), load=Store(engines={3: shadow})) as client:
        await all_ready(client)
        answers = [await ask(client, seven)]
        await until(shadow.entered.is_set)
        answers += [await ask(client, seven) for _ in range(20)]
        meanwhile = await outcomes(client)
        shadow.may_go.set()
        await until_outcomes(client, agree=17, dropped=4)

    assert {answer.status_code for answer in answers} == {200}
    assert meanwhile == {"dropped": 4}, "one is looked at, sixteen wait"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(RuntimeError("boom"), "failed", id="bug"),
        pytest.param(ModelCorruptError("x", "boom."), "disagree", id="refusal"),
    ],
)
async def test_a_shadow_that_fails_harms_no_answer_and_goes_on(seven, error, outcome):
    class Failing(StubEngine):
        def predict(self, images):
            if not self.calls:
                self.calls.append(images)
                raise error
            return super().predict(images)

    async with running(shadowed(), load=Store(engines={3: Failing(answer=2)})) as client:
        await all_ready(client)
        first = await ask(client, seven)
        await until_outcomes(client, **{outcome: 1})
        second = await ask(client, seven)
        await until_outcomes(client, **{outcome: 1, "agree": 1})

    assert first.status_code == second.status_code == 200


async def test_a_picture_is_dropped_while_requests_need_all_threads(seven):
    primary, shadow = GatedEngine(answer=2), GatedEngine(answer=2)
    primary.may_go.set()
    load = Store(engines={2: primary, 3: shadow})
    async with running(shadowed(threads=1), load=load) as client:
        await all_ready(client)
        await ask(client, seven)
        await until(shadow.entered.is_set)
        await ask(client, seven)
        primary.may_go.clear()
        primary.entered.clear()
        working = asyncio.create_task(ask(client, seven))
        await until(primary.entered.is_set)
        shadow.may_go.set()
        await until_outcomes(client, agree=1, dropped=1)
        primary.may_go.set()
        await working
        await until_outcomes(client, agree=2, dropped=1)


def test_pictures_that_wait_are_bounded_by_their_bytes_too():
    primary, beside = ModelSlot(), 3
    lineup = Lineup(primary, [beside], shadow=Share("shadow", beside, 1))
    primary.hold(recognizer(StubEngine(), version=2))
    lineup.beside[beside].hold(recognizer(StubEngine(), version=beside))
    metrics = Metrics()
    shadow = Shadow(lineup, busy=lambda: False, metrics=metrics)
    answer = Recognition(7, (0.1,) * 10, 1.0)

    for _ in range(3):
        shadow.compare(primary.recognizer, bytes(15 * 1024 * 1024), answer)

    assert b'digits_shadowed_total{outcome="dropped",primary="2",shadow="3"} 1.0' in metrics.exposition()


@pytest.mark.parametrize(
    "load",
    [pytest.param(Store(broken=[3]), id="cannot-serve"), pytest.param(Store(latest=3), id="the-primary")],
)
async def test_a_shadow_that_is_not_there_counts_nothing(seven, load):
    settings = shadowed().model_copy(update={"model_version": "latest"})
    async with running(settings, load=load) as client:
        await all_ready(client)
        answer = await ask(client, seven)
        await asyncio.sleep(0.02)  # time to count what should not be
        metrics = (await client.get("/metrics")).text

    assert answer.status_code == 200
    assert "digits_shadowed_total{" not in metrics
