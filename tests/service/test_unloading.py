"""The operator lets the model go, and has it loaded again."""

import asyncio
import hashlib
import weakref

import pytest
from stored_models import publish
from stub_service import StubEngine, recognizer, running, until
from stub_versions import Store, all_ready

from digits.store import ModelStore
from service.settings import Settings

OPERATOR = {"Authorization": "Bearer secret"}
SETTINGS = Settings(admin_key_sha256=hashlib.sha256(b"secret").hexdigest())


async def order(client, what, name="digits"):
    return await client.post(f"/v2/repository/models/{name}/{what}", headers=OPERATOR)


async def test_nothing_answers_until_the_model_is_loaded_again(seven):
    settings = SETTINGS.model_copy(update={"model_version": 2, "extra_versions": "1"})
    async with running(settings, load=Store()) as client:
        await all_ready(client)
        unloaded = await order(client, "unload")
        refused = [
            await client.post("/predict", content=seven),
            await client.post("/predict?version=1", content=seven),
            await client.get("/v2/models/digits/ready"),
            await client.get("/v2/models/digits/versions/1/ready"),
            await client.get("/health/ready"),
        ]
        health = (await client.get("/health")).json()
        metrics = (await client.get("/metrics")).text
        loaded = await order(client, "load")
        await all_ready(client)
        answers = [await client.post(f"/predict{query}", content=seven) for query in ("", "?version=1")]

    assert unloaded.status_code == loaded.status_code == 200
    assert {answer.status_code for answer in refused} == {503}
    assert "was unloaded" in refused[0].json()["detail"]
    assert (health["status"], health["model"]) == ("unloaded", None)
    assert "digits_model_version 0.0" in metrics
    assert 'digits_version_beside{version="1"} 0.0' in metrics
    assert [answer.json()["model"]["version"] for answer in answers] == [2, 1]


async def test_the_memory_is_freed():
    async with running(SETTINGS) as client:
        model = weakref.ref(client.app.state.slot.recognizer)
        await order(client, "unload")
        await until(lambda: model() is None)


async def test_the_index_says_that_nothing_serves(tmp_path):
    store = ModelStore(tmp_path)
    for _ in range(3):
        publish(store)

    async with running(SETTINGS.model_copy(update={"model_store": tmp_path})) as client:
        await order(client, "unload")
        index = (await client.post("/v2/repository/index")).json()

    assert [each["state"] for each in index] == ["UNAVAILABLE"] * 3


async def test_a_watched_store_brings_nothing_back(tmp_path):
    store = ModelStore(tmp_path)
    publish(store)

    def load(settings):
        return recognizer(StubEngine(), settings, version=store.open(settings.model_version).version)

    settings = SETTINGS.model_copy(update={"model_store": tmp_path, "store_poll_s": 0.01})
    async with running(settings, load=load) as client:
        await until(lambda: client.app.state.slot.ready)
        await order(client, "unload")
        publish(store)
        await asyncio.sleep(0.1)  # several looks
        status = client.app.state.slot.status
        await order(client, "load")
        version = client.app.state.slot.recognizer.model.version

    assert (status, version) == ("unloaded", 2)


@pytest.mark.parametrize(
    ("settings", "name", "status"),
    [
        pytest.param(Settings(), "digits", 403, id="no-admin-key"),
        pytest.param(
            Settings(admin_key_sha256=hashlib.sha256(b"x").hexdigest()), "digits", 401, id="wrong-key"
        ),
        pytest.param(SETTINGS, "other", 404, id="other-model"),
        pytest.param(SETTINGS.model_copy(update={"workers": 2}), "digits", 400, id="several-workers"),
    ],
)
async def test_what_is_refused_changes_nothing(settings, name, status):
    async with running(settings) as client:
        refused = await order(client, "unload", name)
        ready = await client.get("/v2/models/digits/ready")

    assert (refused.status_code, list(refused.json())) == (status, ["error"])
    assert ready.status_code == 200
