"""The served model's answers rest on ink, not on paper."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from digits.store import ModelStore
from service.inference.engines.litert import LiteRTEngine
from service.inference.explanation import measure_saliency

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def engine():
    return LiteRTEngine(ModelStore(ROOT / "model_store").open().twin)


@pytest.mark.parametrize("index", range(5))
def test_what_is_salient_is_ink_or_next_to_it(engine, mnist_test, index):
    image, label = mnist_test[0][index], int(mnist_test[1][index])

    saliency = measure_saliency(image, label, engine)

    near_ink = cv2.dilate(image, np.ones((5, 5), np.uint8)) > 64
    assert saliency[near_ink].mean() > 2 * saliency[~near_ink].mean()
