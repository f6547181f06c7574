"""Several versions serve at once; a client may ask for one."""

import asyncio
import hashlib
import shutil
import threading

import pytest
from stored_models import publish
from stub_service import StubEngine, recognizer, running, until
from stub_versions import Store, all_ready

from digits.store import ModelStore
from service.inference.shares import Share
from service.settings import Settings

KEY = "a long random string"
ADMIN = {"Authorization": f"Bearer {KEY}"}
SETTINGS = Settings(
    admin_key_sha256=hashlib.sha256(KEY.encode()).hexdigest(), model_version=2, extra_versions="3,1"
)


async def ask(client, picture, query="", path="/predict"):
    return await client.post(f"{path}{query}", content=picture)


async def who(client, picture, query=""):
    """The version that says it answered, and the digit that proves it."""
    answer = (await ask(client, picture, query)).json()
    return answer["model"]["version"], answer["digit"]


async def serving(client):
    return [each["version"] for each in (await client.get("/model")).json()["versions"]]


async def test_the_version_that_is_asked_for_answers(seven):
    async with running(SETTINGS, load=Store()) as client:
        await all_ready(client)
        answers = [
            await who(client, seven, query) for query in ("", "?version=1", "?version=2", "?version=3")
        ]
        read = (await ask(client, seven, "?version=3", path="/read")).json()

    assert answers == [(2, 2), (1, 1), (2, 2), (3, 3)]
    assert (read["model"]["version"], read["text"]) == (3, "3")


@pytest.mark.parametrize("path", ["/predict", "/read"])
async def test_a_version_that_is_not_served_is_refused_and_those_that_are_named(seven, path):
    async with running(SETTINGS, load=Store(broken=[3])) as client:
        await all_ready(client)
        answers = [await ask(client, seven, f"?version={version}", path) for version in (3, 99)]

    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "version-not-served")] * 2
    assert "99 is not served; these are: 1, 2. Ask for one" in answers[1].json()["detail"]


@pytest.mark.parametrize("version", ["0", "-1", "two", "1.5"])
async def test_a_version_that_is_no_number_is_invalid(seven, client, version):
    answer = await ask(client, seven, f"?version={version}")

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "version" in answer.json()["detail"]


async def test_the_model_page_lists_all_and_shows_each():
    async with running(SETTINGS, load=Store()) as client:
        await all_ready(client)
        card = (await client.get("/model")).json()
        other = (await client.get("/model?version=3")).json()

    assert card["version"] == 2
    assert card["versions"] == other["versions"]
    assert [(each["version"], each["primary"]) for each in card["versions"]] == [
        *((2, True), (1, False), (3, False))
    ]
    assert other["version"] == 3


async def test_a_version_that_is_still_being_loaded_is_not_ready(seven):
    gate = threading.Event()
    load = Store()

    def slow(settings):
        if settings.model_version == 3:
            gate.wait()
        return load(settings)

    async with running(SETTINGS, load=slow) as client:
        await until(lambda: client.app.state.lineup.beside[1].ready)
        early = await ask(client, seven, "?version=3")
        primary = await ask(client, seven)
        gate.set()
        await all_ready(client)
        late = await ask(client, seven, "?version=3")

    assert (early.status_code, early.json()["code"]) == (503, "not-ready")
    assert primary.status_code == late.status_code == 200


async def test_a_further_version_that_cannot_serve_harms_no_other(seven, caplog):
    async with running(SETTINGS, load=Store(broken=[1])) as client:
        await all_ready(client)
        answers = [await who(client, seven, query) for query in ("", "?version=3")]
        health = await client.get("/health")
        metrics = (await client.get("/metrics")).text

    assert answers == [(2, 2), (3, 3)]
    assert health.status_code == 200
    assert "broken" in caplog.text
    assert 'digits_version_beside{version="1"} 0.0' in metrics
    assert 'digits_version_beside{version="3"} 1.0' in metrics


async def test_a_reload_loads_all_anew_and_names_those_that_are_refused(seven):
    load = Store()
    async with running(SETTINGS, load=load) as client:
        await all_ready(client)
        load.broken = {3}
        load.opened.clear()
        answer = await client.post("/admin/reload", headers=ADMIN)
        old = await who(client, seven, "?version=3")

    assert answer.status_code == 200
    assert answer.json()["refused"] == [
        {"version": 3, "reason": "The stored model is incomplete or was changed. (model-corrupt)"}
    ]
    assert load.opened == [2, 1]
    assert old == (3, 3)
    assert "secret" not in answer.text


async def test_a_reload_that_refuses_the_primary_still_takes_further_ones_that_were_mended(seven):
    load = Store(broken=[3])
    async with running(SETTINGS, load=load) as client:
        await all_ready(client)
        load.broken = {2}
        answer = await client.post("/admin/reload", headers=ADMIN)
        answers = [await who(client, seven, query) for query in ("", "?version=3")]

    assert (answer.status_code, answer.json()["code"]) == (409, "reload-refused")
    assert answers == [(2, 2), (3, 3)]


async def test_a_version_asked_for_twice_is_opened_once_and_kept_when_the_primary_moves_on(seven):
    load = Store(latest=2)
    settings = SETTINGS.model_copy(update={"model_version": "latest", "extra_versions": "1,2"})
    async with running(settings, load=load) as client:
        await all_ready(client)
        opened = load.opened.copy()
        both = await serving(client)
        load.latest = 3
        await client.post("/admin/reload", headers=ADMIN)
        answers = [await who(client, seven, query) for query in ("", "?version=1", "?version=2")]

    assert opened == [2, 1]
    assert both == [2, 1]
    assert answers == [(3, 3), (1, 1), (2, 2)]


async def test_a_watched_store_is_looked_at_for_further_versions_too(tmp_path):
    store = ModelStore(tmp_path / "store")
    publish(store)

    def load(settings):
        return recognizer(StubEngine(), settings, version=store.open(settings.model_version).version)

    settings = Settings(model_store=store.root, model_version=1, extra_versions="2", store_poll_s=0.01)
    async with running(settings, load=load) as client:
        await until(lambda: client.app.state.lineup.beside[2].failed)
        second = publish(store)
        publish(store)
        await until(lambda: client.app.state.lineup.beside[2].ready)
        shutil.rmtree(second.directory)
        await asyncio.sleep(0.05)
        versions = await serving(client)

    assert versions == [1, 2]


def canary(share):
    return SETTINGS.model_copy(update={"extra_versions": "", "canary_version": 3, "canary_share": share})


async def test_a_canary_answers_its_share_and_the_same_pictures_every_time(seven):
    sevens = [seven + bytes([n]) for n in range(40)]  # a PNG may be followed by anything
    async with running(canary(0.25), load=Store()) as client:
        await all_ready(client)
        first = [await who(client, each) for each in sevens]
        again = [
            (await client.post("/predict", files={"image": each})).json()["model"]["version"]
            for each in sevens
        ]
        asked = {await who(client, each, "?version=2") for each in sevens}
        read = [(await ask(client, each, path="/read")).json()["model"]["version"] for each in sevens]
        card = (await client.get("/model")).json()
        metrics = (await client.get("/metrics")).text

    by_canary = first.count((3, 3))
    assert set(first) == {(2, 2), (3, 3)}
    assert 0 < by_canary < 20, "a quarter of 40, give or take what chance does"
    assert [version for version, _ in first] == again == read
    assert asked == {(2, 2)}
    assert [(each["version"], each["canary_share"]) for each in card["versions"]] == [(2, 0), (3, 0.25)]
    assert f'digits_answers_total{{version="3"}} {3 * by_canary}.0' in metrics


async def test_a_canary_that_cannot_serve_leaves_its_share_to_the_primary(seven):
    async with running(canary(1), load=Store(broken=[3])) as client:
        await all_ready(client)
        answer = await who(client, seven)

    assert answer == (2, 2)


def test_a_share_takes_in_a_larger_one_and_knows_nothing_of_another_purpose():
    each = [str(n).encode() for n in range(4000)]
    fifth = {one for one in each if one in Share("canary", 1, 0.2)}
    half = {one for one in each if one in Share("canary", 1, 0.5)}
    other = {one for one in each if one in Share("shadow", 1, 0.5)}

    assert fifth < half
    assert len(half) == pytest.approx(2000, abs=100)
    assert len(half & other) == pytest.approx(1000, abs=100)
    assert not any(one in Share("canary", 1, 0) for one in each)
    assert all(one in Share("canary", 1, 1) for one in each)
