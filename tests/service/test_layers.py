"""A look inside the network that serves."""

import base64
from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import draw_seven, encode
from stored_models import publish
from stub_service import StubEngine, running, until

from digits.store import ModelStore
from service.inference.recognizer import Recognizer
from service.settings import Settings

STORE = ModelStore(Path(__file__).parents[2] / "model_store")
KEY = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"


def serving(model):
    """The layers of a stored version, beside an engine that needs none."""

    def load(settings):
        return Recognizer(
            model,
            StubEngine(),
            threads=settings.threads,
            max_image_pixels=settings.max_image_pixels,
            min_digit_score=settings.min_digit_score,
        )

    return running(load=load)


@pytest.fixture
async def client():
    async with serving(STORE.open(2)) as client:
        await until(lambda: client.app.state.slot.ready)
        yield client


def pixels(uri):
    data = base64.b64decode(uri.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


async def test_tells_the_layers(client):
    answer = (await client.get("/layers")).json()

    kinds = [layer["kind"] for layer in answer["layers"]]
    assert kinds == ["conv_2d"] * 5 + ["fully_connected", "softmax"]
    assert answer["layers"][0] == {
        "kind": "conv_2d",
        "shape": [26, 26, 32],
        "weights": 320,
        "multiply_adds": 194688,
    }
    assert (answer["model"]["version"], answer["model"]["engine"]) == (2, "stub")


async def test_shows_what_each_layer_makes_of_a_digit(client, seven):
    answer = (await client.post("/layers", content=seven)).json()

    assert pixels(answer["image"]).shape == (28, 28)
    for layer in answer["layers"]:
        *around, channels = layer["shape"]
        rows, columns = around or (1, 1)
        picture = pixels(layer["picture"])
        assert picture.shape == (rows * channels, columns)
        assert (picture.min() == 0) or layer["low"] < 0
        assert picture.max() == 255
        assert layer["low"] <= 0 < layer["high"]
    assert np.argmax(answer["probabilities"]) == 7


async def test_a_layers_values_are_read_off_its_picture(client, seven):
    answer = (await client.post("/layers", content=seven)).json()

    last = answer["layers"][-1]
    values = last["low"] + pixels(last["picture"])[:, 0] / 255 * (last["high"] - last["low"])
    assert values == pytest.approx(answer["probabilities"], abs=1 / 255)


@pytest.mark.parametrize(("method", "content"), [("GET", None), ("POST", encode(draw_seven()))])
async def test_a_version_without_a_twin_cannot_be_looked_into(method, content):
    async with running() as client:
        answer = await client.request(method, "/layers", content=content)

    assert (answer.status_code, answer.json()["code"]) == (404, "layers-unavailable")
    assert "no LiteRT twin" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"%PDF-1.7", "unreadable-image"), (b"", "missing-image")],
    ids=["no-picture", "empty"],
)
async def test_refuses_what_predict_refuses(client, content, code):
    assert (await client.post("/layers", content=content)).json()["code"] == code


async def test_a_look_needs_the_key_that_an_answer_needs(seven):
    async with running(Settings(api_keys_sha256=KEY)) as client:
        answer = await client.post("/layers", content=seven)

    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


async def test_the_network_is_opened_when_someone_first_looks(tmp_path, seven):
    async with serving(publish(ModelStore(tmp_path))) as client:  # its twin is no network
        await until(lambda: client.app.state.slot.ready)
        answered = await client.post("/predict", content=seven)
        looked = await client.post("/layers", content=seven)

    assert answered.status_code == 200
    assert (looked.status_code, looked.json()["code"]) == (404, "layers-unavailable")
    assert str(tmp_path) not in looked.text
