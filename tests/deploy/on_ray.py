"""Digits on a real Ray cluster of three nodes, one of which is killed under load: `make ray-test`."""

import asyncio
import itertools
import json
import threading
import time

import httpx
import numpy as np
import pytest
from pictures import draw_seven, encode
from ray.exceptions import ActorDiedError
from ray.serve.exceptions import BackPressureError
from ray_cluster import ROOT, Arguments, cluster, deploy, join, running
from ray_serving import while_lost

from digits.store import ModelStore
from service.errors import NotReadyError, OverloadedError
from service.inference.engine import Answers
from service.inference.selection import open_engine
from service.settings import EngineChoice, Settings

from digits_on_ray import EngineReplica, RemoteEngine  # isort: skip - found once ray_cluster is imported

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STORE = ROOT / "model_store"
SEVEN = encode(draw_seven())


class Replies:
    """Stands in for a deployment's handle: gives or raises one thing a call."""

    def __init__(self, *replies):
        self._replies = iter(replies)
        self.name_of = self.predict = self

    def remote(self, *_):
        return self

    def result(self, *, timeout_s):
        assert timeout_s > 0
        reply = next(self._replies)
        if isinstance(reply, Exception):
            raise reply
        return reply


def answers(count):
    return Answers.of(np.full((count, 10), 0.1, np.float32), None)


IMAGES = np.zeros((1, 28, 28), np.uint8)


def test_asks_another_replica_where_one_is_lost():
    engine = RemoteEngine(Replies("litert", ActorDiedError(), ActorDiedError(), answers(1)), 2)

    assert engine.name == "litert"
    assert len(engine.predict(IMAGES)) == 1


def test_gives_up_where_one_after_the_other_is_lost():
    engine = RemoteEngine(Replies("litert", *(ActorDiedError() for _ in range(3))), 2)

    with pytest.raises(NotReadyError):
        engine.predict(IMAGES)


def test_an_overloaded_engine_is_an_overload():
    engine = RemoteEngine(
        Replies("litert", BackPressureError(num_queued_requests=9, max_queued_requests=8)), 2
    )

    with pytest.raises(OverloadedError):
        engine.predict(IMAGES)


def test_one_call_answers_what_waits_each_by_its_version():
    images = np.random.default_rng(5).integers(0, 256, (6, 28, 28), np.uint8)
    replica = EngineReplica.func_or_class(Settings(model_store=STORE, model_version=1))
    questions = [(2, images[:1]), (1, images[1:4]), (2, images[4:])]

    together = replica._answer(questions)

    for (version, asked), got in zip(questions, together, strict=True):
        alone = open_engine(EngineChoice.LITERT, ModelStore(STORE).open(version), threads=1).predict(asked)
        np.testing.assert_allclose(got.probabilities, alone.probabilities, atol=1e-5)


@pytest.fixture(scope="module")
def on_ray():
    """Two replicas of each kind, on two nodes: the nodes, and a client."""
    with cluster(nodes=2) as (nodes, port):
        deploy(Arguments(replicas=2, engines=2, cpus=0.5, engine_cpus=0.5, per_node=1))
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            yield nodes, client


def test_answers_as_the_service_does_everywhere(on_ray):
    _, client = on_ray
    seven = (ROOT / "docs/images/seven.png").read_bytes()
    images = np.zeros((3, 28, 28), np.uint8)
    tensor = {"name": "images", "shape": images.shape, "datatype": "UINT8", "data": images.ravel().tolist()}

    predicted = client.post("/predict", content=seven, headers={"Content-Type": "image/png"}).json()
    read = client.post("/read", content=(ROOT / "docs/images/number.png").read_bytes())
    refused = client.post("/predict", content=encode(np.full((64, 64), 255, np.uint8)))
    inferred = client.post("/v2/models/digits/infer", content=json.dumps({"inputs": [tensor]}))

    assert (predicted["digit"], predicted["model"]["engine"]) == (7, "litert")
    assert len(read.json()["text"]) > 1
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (422, "blank-image")
    assert inferred.status_code == 200
    assert client.get("/health/ready").status_code == 200


def test_a_killed_node_fails_what_was_on_it_and_nothing_after_and_another_takes_its_place(on_ray):
    nodes, client = on_ray
    lost = nodes.list_all_nodes()[-1]
    kill = threading.Thread(target=nodes.remove_node, args=(lost,), kwargs={"allow_graceful": False})

    outcome = asyncio.run(while_lost(client.base_url.port, SEVEN, per_s=10, seconds=15, lose=kill.start))
    kill.join()
    afterwards = [client.post("/predict", content=SEVEN).status_code for _ in itertools.repeat(None, 20)]

    counts = outcome.counts()
    assert set(counts) <= {200, 500, 503}
    assert counts[200] >= 0.9 * counts.total()
    assert set(afterwards) == {200}

    join(nodes, 2)
    deadline_s = time.monotonic() + 120
    while running() != {"Digits": 2, "Engine": 2}:
        assert time.monotonic() < deadline_s
        time.sleep(0.5)
