"""A straight stroke, which is how many people draw a 1, is that digit to the served version."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from pictures import encode
from PIL import Image

from digits.contract import OUTPUT, SCORE_OUTPUT
from digits.imaging import read_digit
from digits.store import ModelStore
from training.engines import open_outputs

SIDE_PX = 300


@pytest.fixture(scope="module")
def ask():
    return open_outputs(ModelStore(Path(__file__).parents[2] / "model_store").open())


@pytest.mark.parametrize("width_px", [6, 10, 14, 18, 22, 26, 30, 40])
@pytest.mark.parametrize("lean_px", [-40, -20, 0, 6, 20, 40])
def test_a_straight_stroke_is_a_one(ask, width_px, lean_px):
    sheet = np.full((SIDE_PX, SIDE_PX), 255, np.uint8)
    middle = SIDE_PX // 2
    cv2.line(sheet, (middle + lean_px, 50), (middle - lean_px, 250), 0, width_px, cv2.LINE_AA)

    found = ask(read_digit(encode(Image.fromarray(sheet)), max_pixels=SIDE_PX**2).image[None])

    assert found[OUTPUT][0].argmax() == 1
    assert found[SCORE_OUTPUT][0] > 0.5
