"""Another version takes the place of the one that serves, and no request notices."""

import asyncio
import hashlib
import itertools
import shutil
import threading
import weakref

import pytest
from stored_models import publish
from stub_service import StubEngine, recognizer, running, until

from digits.errors import ContractMismatchError, ModelCorruptError
from digits.store import ModelStore
from service.settings import Settings

KEY = "a long random string"
ADMIN = {"Authorization": f"Bearer {KEY}"}
SETTINGS = Settings(admin_key_sha256=hashlib.sha256(KEY.encode()).hexdigest())


class Versions:
    """A loader that gives version 1, then 2, …; or raises what it is told to."""

    def __init__(self, *, engine=StubEngine):
        self.numbers = itertools.count(1)
        self.error = None
        self.engine = engine

    def __call__(self, settings):
        if self.error:
            raise self.error
        return recognizer(self.engine(), settings, version=next(self.numbers))


async def reload(client, headers=ADMIN):
    return await client.post("/admin/reload", headers=headers)


async def version(client):
    return (await client.get("/model")).json()["version"]


async def test_no_request_fails_while_versions_come_and_go(seven):
    answers, stop = [], asyncio.Event()

    async def ask(client):
        while not stop.is_set():
            answers.append(await client.post("/predict", content=seven))

    async with running(SETTINGS, load=Versions()) as client:
        await until(lambda: client.app.state.slot.ready)
        clients = [asyncio.create_task(ask(client)) for _ in range(4)]
        for number in range(2, 22):
            done = await reload(client)
            assert (done.status_code, done.json()["model"]["version"]) == (200, number)
        stop.set()
        await asyncio.gather(*clients)
        metrics = (await client.get("/metrics")).text

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["model"]["version"] for answer in answers}) > 1
    assert 'digits_model_loads_total{outcome="loaded"} 21.0' in metrics
    assert "digits_model_version 21.0" in metrics


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        pytest.param(lambda path: ModelCorruptError(path, "broken."), "model-corrupt", id="broken"),
        pytest.param(lambda path: ContractMismatchError(path, "2", "1"), "contract-mismatch", id="contract"),
        pytest.param(lambda path: RuntimeError(f"at {path}"), "cannot be opened", id="unforeseen"),
    ],
)
async def test_a_version_that_cannot_serve_is_refused_and_the_old_one_serves_on(
    seven, tmp_path, caplog, error, reason
):
    load = Versions()
    async with running(SETTINGS, load=load) as client:
        await until(lambda: client.app.state.slot.ready)
        load.error = error(tmp_path)
        refused = await reload(client)
        answer = await client.post("/predict", content=seven)
        metrics = (await client.get("/metrics")).text
        load.error = None
        mended = await reload(client)

    assert (refused.status_code, refused.json()["code"]) == (409, "reload-refused")
    assert reason in refused.json()["detail"]
    assert str(tmp_path) not in refused.text
    assert str(tmp_path) in caplog.text
    assert (answer.status_code, answer.json()["model"]["version"]) == (200, 1)
    assert 'digits_model_loads_total{outcome="refused"} 1.0' in metrics
    assert mended.json()["model"]["version"] == 2


async def test_the_old_version_finishes_what_it_began_and_is_freed(seven):
    class SlowEngine(StubEngine):
        def predict(self, images):
            entered.set()
            may_go.wait()
            return super().predict(images)

    entered, may_go = threading.Event(), threading.Event()
    load = Versions(engine=SlowEngine)
    async with running(SETTINGS, load=load) as client:
        await until(lambda: client.app.state.slot.ready)
        old = weakref.ref(client.app.state.slot.recognizer)
        begun = asyncio.create_task(client.post("/predict", content=seven))
        await until(entered.is_set)
        await reload(client)
        still_there = old() is not None
        may_go.set()
        answer = await begun
        await until(lambda: old() is None)

    assert still_there
    assert (answer.status_code, answer.json()["model"]["version"]) == (200, 1)


@pytest.mark.parametrize(
    ("settings", "headers", "status", "code"),
    [
        pytest.param(SETTINGS, {}, 401, "unauthorized", id="no-key"),
        pytest.param(SETTINGS, {"Authorization": "Bearer guess"}, 401, "unauthorized", id="wrong-key"),
        pytest.param(SETTINGS, {"Authorization": f"Basic {KEY}"}, 401, "unauthorized", id="wrong-scheme"),
        pytest.param(
            SETTINGS,
            {"Authorization": f"Bearer {SETTINGS.admin_key_sha256}"},
            401,
            "unauthorized",
            id="the-hash-itself",
        ),
        pytest.param(Settings(), ADMIN, 403, "admin-disabled", id="no-key-configured"),
    ],
)
async def test_only_the_operator_may_reload(settings, headers, status, code):
    async with running(settings, load=Versions()) as client:
        await until(lambda: client.app.state.slot.ready)
        answer = await reload(client, headers)
        serving = await version(client)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert serving == 1


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "store")


def load_from(store):
    """A loader that opens the store as the service does, hashes and all."""

    def load(settings):
        model = store.open(settings.model_version)
        return recognizer(StubEngine(), settings, version=model.version)

    return load


def settings_for(store, **changes):
    return Settings(model_store=store.root, **{"store_poll_s": 0.01, **changes})


async def test_a_watched_store_is_followed_forth_and_back(store):
    publish(store)
    async with running(settings_for(store), load=load_from(store)) as client:
        slot = client.app.state.slot
        await until(lambda: slot.ready)
        second = publish(store)
        await until(lambda: slot.recognizer.model.version == 2)
        shutil.rmtree(second.directory)
        await until(lambda: slot.recognizer.model.version == 1)


async def test_a_half_copied_version_is_refused_once_and_taken_when_it_is_whole(store, tmp_path, caplog):
    publish(store)
    second = publish(store)
    aside = tmp_path / "variables"
    second.directory.joinpath("variables").rename(aside)
    second.directory.rename(tmp_path / "second")

    async with running(settings_for(store), load=load_from(store)) as client:
        slot = client.app.state.slot
        await until(lambda: slot.ready)
        (tmp_path / "second").rename(second.directory)
        await until(lambda: "variables.index is missing" in caplog.text)
        half = slot.recognizer.model.version
        await asyncio.sleep(0.05)  # several looks at what has not changed
        aside.rename(second.directory / "variables")
        await until(lambda: slot.recognizer.model.version == 2)

    assert half == 1
    assert caplog.text.count("is missing") == 1


async def test_a_pinned_version_stays(store):
    publish(store)
    publish(store)
    settings = settings_for(
        store, model_version=1, store_poll_s=0, admin_key_sha256=SETTINGS.admin_key_sha256
    )
    async with running(settings, load=load_from(store)) as client:
        await until(lambda: client.app.state.slot.ready)
        answer = await reload(client)

    assert answer.json()["model"]["version"] == 1


async def test_a_process_that_starts_on_a_broken_newest_version_takes_the_newest_that_can_serve(store):
    for _ in range(3):
        publish(store)
    for broken in (2, 3):
        (store.root / f"digits/{broken}/saved_model.pb").write_bytes(b"other")

    async with running(settings_for(store), load=load_from(store)) as client:
        await until(lambda: client.app.state.slot.ready)
        serving = await version(client)

    assert serving == 1
