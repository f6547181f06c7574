"""Calls as TensorFlow Serving's documentation makes them, by `requests`, and KServe's client over V1."""

import asyncio
import base64
import json
import warnings

import pytest
from pictures import draw_seven, encode

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the client's libraries say of themselves is not ours
    pytest.importorskip("kserve")
    import requests
    from kserve import InferenceRESTClient, RESTConfig


def ask(served, message, verb):
    """As https://www.tensorflow.org/tfx/tutorials/serving/rest_simple asks."""
    answer = requests.post(
        f"http://{served}/v1/models/digits{verb}",
        data=json.dumps(message),
        headers={"content-type": "application/json"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def predict(served, message, version=""):
    return ask(served, {"signature_name": "serving_default", **message}, f"{version}:predict")


def test_reads_mnist_in_rows(served, batches, accuracy):
    answers = [predict(served, {"instances": each.tolist()})["predictions"] for each in batches]

    assert accuracy([[row["probabilities"] for row in rows] for rows in answers]) >= 0.995


def test_reads_mnist_in_columns(served, batches, accuracy):
    answers = [predict(served, {"inputs": {"images": each.tolist()}})["outputs"] for each in batches]

    assert accuracy([columns["probabilities"] for columns in answers]) >= 0.995


def test_classifies_mnist(served, batches, accuracy):
    asked = [[{"images": image.ravel().tolist()} for image in each] for each in batches]

    answers = [
        ask(served, {"signature_name": "classify", "examples": each}, ":classify")["results"]
        for each in asked
    ]

    assert [label for label, _ in answers[0][0]] == list("0123456789")
    assert accuracy([[[score for _, score in row] for row in rows] for rows in answers]) >= 0.995


def test_sends_a_picture_to_the_version_that_the_status_names(served):
    status = requests.get(f"http://{served}/v1/models/digits", timeout=60).json()
    [version] = [each["version"] for each in status["model_version_status"] if each["state"] == "AVAILABLE"]
    picture = {"b64": base64.b64encode(encode(draw_seven())).decode()}

    [answer] = predict(served, {"instances": [picture]}, f"/versions/{version}")["predictions"]

    assert answer["probabilities"].index(max(answer["probabilities"])) == 7


def test_kserves_client_reads_mnist_over_v1(served, batches, accuracy):
    async def ask():
        client, url = InferenceRESTClient(RESTConfig(protocol="v1", timeout=60)), f"http://{served}"
        try:
            assert await client.is_model_ready(url, "digits")
            asked = [{"instances": each.tolist()} for each in batches]
            return [await client.infer(url, each, model_name="digits") for each in asked]
        finally:
            await client.close()

    answers = asyncio.run(ask())

    assert accuracy([[row["probabilities"] for row in each["predictions"]] for each in answers]) >= 0.995
