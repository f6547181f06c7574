"""`/v1`, from the outside."""

import base64
import contextlib
import json
import threading

import anyio
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import encode
from stored_models import publish
from stub_service import GatedEngine, running, until

from digits.store import ModelStore
from service.errors import ProtocolError
from service.protocols.tensorflow_serving import request
from service.settings import Settings

PREDICT = "/v1/models/digits:predict"
CLASSIFY = "/v1/models/digits:classify"


def b64(picture):
    return {"b64": base64.b64encode(picture).decode()}


@pytest.mark.parametrize("path", ["/v1/models/digits", "/v1/models/digits/versions/3"])
async def test_tells_which_version_serves(client, path):
    body = (await client.get(path)).json()

    assert body == {
        "model_version_status": [
            {"version": "3", "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
        ],
        "name": "digits",
        "ready": True,
    }


@pytest.mark.parametrize("path", ["/v1/models/digits/metadata", "/v1/models/digits/versions/3/metadata"])
async def test_describes_the_signature_as_nested_as_the_original(client, path):
    body = (await client.get(path)).json()

    signature = body["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert body["model_spec"] == {"name": "digits", "signature_name": "", "version": "3"}
    assert signature["method_name"] == "tensorflow/serving/predict"
    assert signature["inputs"] == {
        "images": {
            "dtype": "DT_UINT8",
            "tensor_shape": {
                "dim": [{"size": size, "name": ""} for size in ("-1", "28", "28")],
                "unknown_rank": False,
            },
            "name": "serving_default_images:0",
        }
    }
    assert set(signature["outputs"]) == {"probabilities", "digit_score"}


@pytest.mark.parametrize("path", [PREDICT, "/v1/models/digits/versions/3:predict"])
@pytest.mark.parametrize(
    ("message", "rows"),
    [
        pytest.param(lambda images: {"instances": images}, True, id="rows"),
        pytest.param(
            lambda images: {"instances": [{"images": each} for each in images]}, True, id="named-rows"
        ),
        pytest.param(lambda images: {"inputs": images}, False, id="column"),
        pytest.param(lambda images: {"inputs": {"images": images}}, False, id="named-column"),
        pytest.param(
            lambda images: {"signature_name": "serving_default", "instances": images, "more": 1},
            True,
            id="signature",
        ),
    ],
)
async def test_asks_the_engine_once_and_answers_as_it_was_asked(
    client, engine, mnist_test, path, message, rows
):
    images = mnist_test[0][:3]

    answer = await client.post(path, json=message(images.tolist()))

    body = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert len(engine.calls) == 1
    np.testing.assert_array_equal(engine.calls[0], images)
    if rows:
        assert [row["probabilities"][7] for row in body["predictions"]] == [pytest.approx(0.91)] * 3
        assert all(set(row) == {"probabilities", "digit_score"} for row in body["predictions"])
    else:
        assert np.shape(body["outputs"]["probabilities"]) == (3, 10)
        assert np.shape(body["outputs"]["digit_score"]) == (3,)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(lambda pictures: {"instances": pictures}, id="rows"),
        pytest.param(lambda pictures: {"instances": [{"image": each} for each in pictures]}, id="named-rows"),
        pytest.param(lambda pictures: {"inputs": pictures}, id="column"),
        pytest.param(lambda pictures: {"inputs": {"image": pictures}}, id="named-column"),
    ],
)
async def test_frames_encoded_pictures_as_predict_does(client, engine, mnist_test, message):
    images = mnist_test[0][:2]

    answer = await client.post(PREDICT, json=message([b64(encode(each)) for each in images]))

    assert answer.status_code == 200
    np.testing.assert_array_equal(engine.calls[0], images)


@pytest.mark.parametrize("path", [CLASSIFY, "/v1/models/digits/versions/3:classify"])
@pytest.mark.parametrize("flat", [True, False], ids=["flat", "nested"])
@pytest.mark.parametrize("signature", ["", "serving_default", "classify"])
async def test_classifies_examples(client, engine, mnist_test, path, flat, signature):
    images = mnist_test[0][:2]
    examples = [{"images": (each.ravel() if flat else each).tolist()} for each in images]

    body = (await client.post(path, json={"signature_name": signature, "examples": examples})).json()

    assert [[label for label, _ in row] for row in body["results"]] == [list("0123456789")] * 2
    assert dict(body["results"][0])["7"] == pytest.approx(0.91)
    np.testing.assert_array_equal(engine.calls[0], images)


ONE = [[[0] * 28] * 28]


@pytest.mark.parametrize(
    ("method", "path", "request_", "status", "error"),
    [
        pytest.param(
            "GET", "/v1/models/other", {}, 404, "Could not find any versions of model other", id="model"
        ),
        pytest.param(
            "GET",
            "/v1/models/digits/versions/99",
            {},
            404,
            "Could not find version 99 of model digits",
            id="version",
        ),
        pytest.param(
            "GET",
            "/v1/models/other/metadata",
            {},
            404,
            "Servable not found for request: Latest(other)",
            id="metadata",
        ),
        pytest.param("GET", "/v1/models", {}, 400, "Missing model name in request.", id="no-model"),
        pytest.param(
            "GET",
            f"/v1/models/digits/versions/{2**63}",
            {},
            400,
            f"Failed to convert version: {2**63} to numeric.",
            id="large-version",
        ),
        pytest.param(
            "POST",
            f"/v1/models/digits/versions/{'9' * 5000}:predict",
            {},
            400,
            f"Failed to convert version: {'9' * 40} to numeric.",
            id="endless-version",
        ),
        pytest.param(
            "POST",
            "/v1/models/digits/versions/99:predict",
            {"json": {"instances": ONE}},
            404,
            "Servable not found for request: Specific(digits, 99)",
            id="predict-version",
        ),
        pytest.param("POST", "/v1/x", {}, 400, "Malformed request: POST /v1/x", id="path"),
        pytest.param(
            "POST",
            "/v1/models/digits:say",
            {},
            400,
            "Malformed request: POST /v1/models/digits:say",
            id="verb",
        ),
        pytest.param(
            "DELETE", "/v1/models/digits", {}, 400, "Malformed request: DELETE /v1/models/digits", id="method"
        ),
        pytest.param(
            "GET",
            "/v1/models/digits/versions/x",
            {},
            400,
            "Malformed request: GET /v1/models/digits/versions/x",
            id="no-number",
        ),
        pytest.param("POST", PREDICT, {}, 400, "JSON Parse error: The document is empty", id="empty"),
        pytest.param("POST", PREDICT, {"json": {}}, 400, "Missing 'inputs' or 'instances' key", id="no-key"),
        pytest.param(
            "POST", PREDICT, {"json": {"instances": []}}, 400, "No values in 'instances' array", id="no-rows"
        ),
        pytest.param(
            "POST",
            PREDICT,
            {"json": {"instances": [], "signature_name": "x"}},
            400,
            'Serving signature name: "x" not found in signature def',
            id="other-signature",
        ),
        pytest.param(
            "POST",
            CLASSIFY,
            {"json": {}},
            400,
            "When method is classify, key 'examples' is expected and was not found",
            id="no-examples",
        ),
    ],
)
async def test_errors_are_the_originals_word_for_word(client, method, path, request_, status, error):
    answer = await client.request(method, path, **request_)

    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        pytest.param(PREDICT, {"instances": ONE, "inputs": ONE}, id="both-keys"),
        pytest.param(PREDICT, {"instances": ONE, "signature_name": "classify"}, id="signature-of-classify"),
        pytest.param(PREDICT, {"instances": ONE, "signature_name": 7}, id="number-for-signature"),
        pytest.param(PREDICT, {"instances": 7}, id="number-for-rows"),
        pytest.param(PREDICT, {"instances": [[0] * 784]}, id="flat-images"),
        pytest.param(PREDICT, {"instances": [{"images": ONE[0]}, {"image": {"b64": ""}}]}, id="mixed-rows"),
        pytest.param(PREDICT, {"instances": [{"logits": 1}]}, id="unknown-input"),
        pytest.param(PREDICT, {"instances": [{}]}, id="nameless-input"),
        pytest.param(PREDICT, {"instances": [{"b64": "é"}]}, id="no-base64"),
        pytest.param(PREDICT, {"instances": [{"b64": 7}]}, id="number-for-base64"),
        pytest.param(PREDICT, {"instances": [{"b64": "YQ=="}] * 65}, id="many-pictures"),
        pytest.param(PREDICT, {"inputs": {"images": ONE, "image": []}}, id="two-inputs"),
        pytest.param(PREDICT, {"inputs": {"image": 7}}, id="number-for-pictures"),
        pytest.param(PREDICT, [], id="no-object"),
        pytest.param(CLASSIFY, {"examples": []}, id="no-examples"),
        pytest.param(CLASSIFY, {"examples": [7]}, id="no-example"),
        pytest.param(CLASSIFY, {"instances": ONE}, id="instances-to-classify"),
    ],
)
async def test_refuses_what_it_cannot_answer(client, path, message):
    answer = await client.post(path, json=message)

    assert answer.status_code == 400
    assert list(answer.json()) == ["error"]


async def test_under_overload_says_too_many_requests():
    engine = GatedEngine()
    async with (
        running(Settings(max_pending=1, threads=1), engine=engine) as client,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(lambda: client.post(PREDICT, json={"instances": ONE}))
        await until(engine.entered.is_set)
        refused = await client.post(PREDICT, json={"instances": ONE})
        engine.may_go.set()

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")


async def test_is_unavailable_until_the_model_is_loaded():
    def never(_):
        raise RuntimeError("no model")

    async with running(load=never) as client:
        answer = await client.post(PREDICT, json={"instances": ONE})

    assert (answer.status_code, list(answer.json())) == (503, ["error"])


@pytest.mark.parametrize(
    ("pinned", "expected"),
    [pytest.param("latest", "2", id="newest-of-the-store"), pytest.param(1, "1", id="pinned")],
)
async def test_tells_what_is_being_loaded_and_what_could_not_be(tmp_path, pinned, expected):
    store = ModelStore(tmp_path)
    publish(store)
    publish(store)
    may_go = threading.Event()

    def fail(_):
        may_go.wait()
        raise RuntimeError("no model")

    async with running(Settings(model_store=tmp_path, model_version=pinned), load=fail) as client:
        loading = (await client.get("/v1/models/digits")).json()
        may_go.set()
        await until(lambda: client.app.state.slot.failed)
        failed = (await client.get(f"/v1/models/digits/versions/{expected}")).json()

    told = [(each["version"], each["state"]) for each in loading["model_version_status"]]
    assert (told, loading["ready"]) == ([(expected, "LOADING")], False)
    [version] = failed["model_version_status"]
    assert (version["state"], version["status"]["error_code"], failed["ready"]) == ("END", "UNKNOWN", False)


async def test_an_empty_store_has_no_versions(tmp_path):
    def fail(_):
        raise RuntimeError("no model")

    async with running(Settings(model_store=tmp_path), load=fail) as client:
        answer = await client.get("/v1/models/digits")

    assert (answer.status_code, answer.json()["error"]) == (
        404,
        "Could not find any versions of model digits",
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["images", "image", "b64", "x"]), inner, max_size=3)
    ),
    max_leaves=20,
)


@given(
    st.dictionaries(st.sampled_from(["instances", "inputs", "examples", "signature_name"]), JSON, max_size=3)
    | JSON,
    st.sampled_from([request.parse_predict, request.parse_classify]),
)
def test_any_message_is_read_or_refused(message, parse):
    with contextlib.suppress(ProtocolError):
        parse(json.dumps(message).encode())
