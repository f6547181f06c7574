"""`/v2`, from the outside."""

import base64
import gzip
import hashlib
import json

import anyio
import numpy as np
import pytest
from pictures import encode
from stored_models import publish
from stub_service import GatedEngine, StubEngine, running, until

from digits.store import ModelStore
from service.settings import Settings


def question(images, **changes):
    tensor = {
        "name": "images",
        "shape": list(images.shape),
        "datatype": "UINT8",
        "data": images.ravel().tolist(),
    }
    return {"id": "42", "inputs": [tensor], **changes}


@pytest.mark.parametrize("path", ["/v2", "/v2/"])
async def test_says_who_answers_and_what_is_spoken(client, path):
    body = (await client.get(path)).json()

    assert set(body) == {"name", "version", "extensions"}
    assert body["extensions"] == ["binary_tensor_data", "classification", "model_repository"]


async def test_is_live_before_it_is_ready():
    def never(_):
        raise RuntimeError("no model")

    async with running(load=never) as client:
        live, ready = await client.get("/v2/health/live"), await client.get("/v2/health/ready")
        model = await client.get("/v2/models/digits/ready")

    assert (live.status_code, live.json()) == (200, {"live": True})
    assert (ready.status_code, ready.json()) == (503, {"ready": False})
    assert model.status_code == 503
    assert "error" in model.json()


async def test_is_ready_with_a_model(client):
    answer = await client.get("/v2/health/ready")

    assert (answer.status_code, answer.json()) == (200, {"ready": True})


@pytest.mark.parametrize("path", ["/v2/models/digits", "/v2/models/digits/versions/3"])
async def test_describes_the_model(client, path):
    body = (await client.get(path)).json()
    ready = (await client.get(f"{path}/ready")).json()

    assert body == {
        "name": "digits",
        "versions": ["3"],
        "platform": "tensorflow_savedmodel",
        "inputs": [
            {"name": "images", "datatype": "UINT8", "shape": [-1, 28, 28]},
            {"name": "image", "datatype": "BYTES", "shape": [-1]},
        ],
        "outputs": [
            {"name": "probabilities", "datatype": "FP32", "shape": [-1, 10]},
            {"name": "digit_score", "datatype": "FP32", "shape": [-1]},
        ],
    }
    assert ready == {"name": "digits", "ready": True}


@pytest.mark.parametrize("path", ["/v2/models/digits/infer", "/v2/models/digits/versions/3/infer"])
async def test_asks_the_engine_once_for_a_batch(client, engine, mnist_test, path):
    images = mnist_test[0][:5]

    answer = await client.post(path, json=question(images))

    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert (body["model_name"], body["model_version"], body["id"]) == ("digits", "3", "42")
    assert body["outputs"][0]["shape"] == [5, 10]
    assert len(engine.calls) == 1
    np.testing.assert_array_equal(engine.calls[0], images)


@pytest.mark.parametrize("headers", [{}, {"content-encoding": "gzip"}], ids=["plain", "gzip"])
async def test_takes_and_gives_binary_tensors_without_a_content_type(client, engine, mnist_test, headers):
    images = mnist_test[0][:2]
    document = json.dumps(
        {
            "parameters": {"binary_data_output": True},
            "inputs": [
                {
                    "name": "images",
                    "shape": [2, 28, 28],
                    "datatype": "UINT8",
                    "parameters": {"binary_data_size": 1568},
                }
            ],
        }
    ).encode()
    body = document + images.tobytes()
    body = gzip.compress(body) if headers else body
    headers = {**headers, "Inference-Header-Content-Length": str(len(document))}

    answer = await client.post("/v2/models/digits/infer", content=body, headers=headers)

    length = int(answer.headers["inference-header-content-length"])
    outputs = json.loads(answer.content[:length])["outputs"]
    assert answer.headers["content-type"] == "application/octet-stream"
    assert [each["parameters"]["binary_data_size"] for each in outputs] == [80, 8]
    assert np.frombuffer(answer.content[length:], "<f4")[7] == pytest.approx(0.91)
    np.testing.assert_array_equal(engine.calls[0], images)


def pictures(*encoded):
    data = [base64.b64encode(each).decode() for each in encoded]
    return {"inputs": [{"name": "image", "shape": [len(data)], "datatype": "BYTES", "data": data}]}


async def test_frames_encoded_pictures_as_predict_does(client, engine, mnist_test):
    images = mnist_test[0][:2]

    answer = await client.post("/v2/models/digits/infer", json=pictures(*map(encode, images)))

    assert answer.status_code == 200
    assert len(engine.calls) == 1
    np.testing.assert_array_equal(engine.calls[0], images)


BLANK = encode(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize(
    ("method", "path", "request_", "status"),
    [
        pytest.param("GET", "/v2/nothing", {}, 404, id="unknown-path"),
        pytest.param("GET", "/v2/models/digits/infer", {}, 405, id="wrong-method"),
        pytest.param("GET", "/v2/models/other", {}, 404, id="unknown-model"),
        pytest.param("GET", "/v2/models/digits/versions/99", {}, 404, id="unknown-version"),
        pytest.param("GET", "/v2/models/digits/versions/x/ready", {}, 404, id="no-version"),
        pytest.param("GET", f"/v2/models/digits/versions/{'9' * 5000}", {}, 404, id="endless-version"),
        pytest.param("POST", "/v2/models/digits/versions/٣/infer", {}, 404, id="digit-of-another-script"),
        pytest.param("POST", "/v2/models/other/infer", {"json": {}}, 404, id="infer-unknown-model"),
        pytest.param("POST", "/v2/models/digits/infer", {"content": b"{"}, 400, id="no-json"),
        pytest.param("POST", "/v2/models/digits/infer", {"json": pictures(b"PDF")}, 415, id="no-picture"),
        pytest.param("POST", "/v2/models/digits/infer", {"json": pictures(BLANK)}, 422, id="blank-picture"),
        pytest.param("POST", "/v2/models/digits/infer", {"content": bytes(20_000_001)}, 413, id="too-large"),
        pytest.param("POST", "/v2/repository/index", {"content": b"[]"}, 400, id="no-index-request"),
        pytest.param("POST", "/v2/repository/models/digits/load", {}, 403, id="no-admin-key"),
    ],
)
async def test_every_refusal_is_an_error_in_json(method, path, request_, status):
    async with running(Settings(max_upload_bytes=20_000_000)) as client:
        answer = await client.request(method, path, **request_)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"]


async def test_a_small_body_that_inflates_beyond_the_limit_is_refused():
    bomb = gzip.compress(bytes(10_000_000))

    async with running(Settings(max_upload_bytes=100_000)) as client:
        answer = await client.post(
            "/v2/models/digits/infer", content=bomb, headers={"content-encoding": "gzip"}
        )

    assert len(bomb) < 100_000
    assert answer.status_code == 413


async def test_a_bug_is_admitted_in_the_protocols_words(mnist_test):
    class Broken(StubEngine):
        def predict(self, _):
            raise RuntimeError("a bug")

    async with running(engine=Broken(), raise_app_exceptions=False) as client:
        answer = await client.post("/v2/models/digits/infer", json=question(mnist_test[0][:1]))

    assert (answer.status_code, list(answer.json())) == (500, ["error"])


async def test_asks_for_a_key_where_predict_does(mnist_test):
    hashed = hashlib.sha256(b"secret").hexdigest()
    body = question(mnist_test[0][:1])

    async with running(Settings(api_keys_sha256=hashed)) as client:
        without = await client.post("/v2/models/digits/infer", json=body)
        with_key = await client.post(
            "/v2/models/digits/infer", json=body, headers={"Authorization": "Bearer secret"}
        )

    assert (without.status_code, list(without.json())) == (401, ["error"])
    assert with_key.status_code == 200


async def test_is_refused_under_overload_and_counted_like_any_request(mnist_test):
    engine = GatedEngine()
    body = question(mnist_test[0][:3])
    async with (
        running(Settings(max_pending=1, threads=1), engine=engine) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(lambda: client.post("/v2/models/digits/infer", json=body))
        await until(engine.entered.is_set)
        refused = await client.post("/v2/models/digits/infer", json=body)
        engine.may_go.set()
        await until(
            lambda: (
                'digits_predictions_total{digit="7"} 3.0' in client.app.state.metrics.exposition().decode()
            )
        )

    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")


async def test_lists_the_store_and_what_of_it_serves(tmp_path):
    store = ModelStore(tmp_path)
    for _ in range(3):
        publish(store)

    async with running(Settings(model_store=tmp_path)) as client:
        whole = (await client.post("/v2/repository/index")).json()
        ready = (await client.post("/v2/repository/index", json={"ready": True})).json()

    assert [(each["version"], each["state"]) for each in whole] == [
        ("1", "UNAVAILABLE"),
        ("2", "UNAVAILABLE"),
        ("3", "READY"),
    ]
    assert ready == [{"name": "digits", "version": "3", "state": "READY", "reason": ""}]


async def test_the_operator_loads_anew():
    hashed = hashlib.sha256(b"secret").hexdigest()
    headers = {"Authorization": "Bearer secret"}

    async with running(Settings(admin_key_sha256=hashed)) as client:
        before = client.app.state.slot.recognizer
        loaded = await client.post("/v2/repository/models/digits/load", headers=headers)
        after = client.app.state.slot.recognizer
        other = await client.post("/v2/repository/models/other/load", headers=headers)

    assert (loaded.status_code, other.status_code) == (200, 404)
    assert after is not before
