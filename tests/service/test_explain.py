"""What an answer rests on."""

import base64
from dataclasses import asdict

import cv2
import numpy as np
import pytest
from pictures import encode
from stub_service import StubEngine, running

from digits.imaging import read_digit
from service.inference.engine import Answers
from service.inference.explanation import measure_saliency


class CornerEngine(StubEngine):
    """As sure of a seven as there is ink in the left top quarter, a little less for ink elsewhere."""

    def predict(self, images):
        self.calls.append(images)
        ink = images.astype(np.float32).mean(axis=(1, 2)) / 255
        sure = np.clip(images[:, :14, :14].astype(np.float32).mean(axis=(1, 2)) / 255 - 0.1 * ink, 0.05, 0.95)
        rows = np.repeat((1 - sure[:, None]) / 9, 10, axis=1)
        rows[:, 7] = sure
        return Answers.of(rows.astype(np.float32), None)


def test_what_the_answer_rests_on_is_salient_and_what_speaks_against_it_is_not():
    image = np.full((28, 28), 200, np.uint8)

    saliency = measure_saliency(image, 7, CornerEngine())

    assert saliency.shape == (28, 28)
    assert saliency.max() == pytest.approx(1)
    assert saliency[:10, :10].min() > 0.5
    assert saliency[18:, 18:].max() == 0


def test_nothing_is_salient_where_nothing_counts():
    assert measure_saliency(np.zeros((28, 28), np.uint8), 7, StubEngine()).max() == 0


def test_asks_the_engine_once():
    engine = StubEngine()

    measure_saliency(np.full((28, 28), 200, np.uint8), 7, engine)

    (call,) = engine.calls
    assert call.shape == (197, 28, 28)
    assert call.dtype == np.uint8


def pixels(uri):
    assert uri.startswith("data:image/png;base64,")
    data = base64.b64decode(uri.partition(",")[2])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


@pytest.mark.parametrize("batches", [False, True], ids=["engine-without-batches", "engine-with-batches"])
async def test_shows_the_picture_that_the_model_got_and_what_of_it_counted(mnist_test, batches):
    image = mnist_test[0][0]

    async with running(engine=StubEngine(batches=batches)) as client:
        answer = await client.post("/predict?explain=true", content=encode(image))

    explanation = answer.json()["explanation"]
    np.testing.assert_array_equal(pixels(explanation["image"]), image)
    assert pixels(explanation["saliency"]).shape == (28, 28)


async def test_says_where_on_the_picture_that_lies(client, seven):
    answer = await client.post("/predict?explain=true", content=seven)

    area = read_digit(seven, max_pixels=1_000_000).area
    assert answer.json()["explanation"]["area"] == asdict(area)


@pytest.mark.parametrize("query", ["", "?explain=false"])
async def test_explains_only_when_asked(client, engine, seven, query):
    answer = await client.post(f"/predict{query}", content=seven)

    assert "explanation" not in answer.json()
    assert len(engine.calls) == 1


async def test_refuses_another_value(client, seven):
    answer = await client.post("/predict?explain=perhaps", content=seven)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")
    assert "explain" in answer.json()["detail"]
