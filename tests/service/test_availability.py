"""Before the model is there, and when it cannot be."""

import threading

import pytest
from stub_service import StubEngine, recognizer, running, until

from digits.errors import ModelCorruptError
from service.settings import Settings


async def test_answers_503_while_the_model_is_being_loaded_and_200_afterwards(seven):
    may_load = threading.Event()

    def load(settings):
        may_load.wait()
        return recognizer(StubEngine(), settings)

    async with running(load=load) as client:
        early = await client.post("/predict", content=seven)
        health = await client.get("/health")
        ready = await client.get("/health/ready")
        live = await client.get("/health/live")
        may_load.set()
        await until(lambda: client.app.state.slot.ready)
        late = await client.post("/predict", content=seven)

    assert (early.status_code, early.json()["code"]) == (503, "not-ready")
    assert int(early.headers["retry-after"]) >= 1
    assert (health.status_code, health.json()["status"]) == (503, "loading")
    assert (ready.status_code, live.status_code) == (503, 200)
    assert int(health.headers["retry-after"]) == int(ready.headers["retry-after"]) == 1
    assert late.status_code == 200


async def test_one_of_several_workers_takes_no_connection_before_its_model_is_there(seven):
    may_load = threading.Event()

    def load(settings):
        may_load.wait()
        return recognizer(StubEngine(), settings)

    threading.Timer(0.1, may_load.set).start()
    async with running(Settings(workers=2), load=load) as client:  # begins once the lifespan has started
        ready = client.app.state.slot.ready
        answer = await client.post("/predict", content=seven)

    assert ready
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(lambda path: ModelCorruptError(path, "a secret reason."), id="foreseen"),
        pytest.param(lambda path: RuntimeError(f"a secret reason at {path}"), id="unforeseen"),
    ],
)
async def test_stays_up_and_tells_when_the_model_cannot_be_loaded(seven, tmp_path, error):
    def load(_):
        raise error(tmp_path)

    async with running(load=load) as client:
        await until(lambda: client.app.state.slot.failed)
        health = await client.get("/health")
        answer = await client.post("/predict", content=seven)

    assert (health.status_code, health.json()["status"], health.json()["model"]) == (503, "failed", None)
    assert (answer.status_code, answer.json()["code"]) == (503, "not-ready")
    assert "secret" not in answer.text + health.text
    assert str(tmp_path) not in answer.text + health.text


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_answers_monitors_that_ask_for_no_more_than_a_head(client, path):
    assert (await client.head(path)).status_code == 200


async def test_health_names_what_serves(client):
    answer = await client.get("/health")

    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert answer.json()["model"] == {"name": "digits", "version": 3, "engine": "stub"}
