"""Framing places ink as MNIST does."""

import numpy as np
import pytest

from digits.contract import BOX, SIDE
from digits.errors import BlankImageError
from digits.imaging import frame


@pytest.mark.parametrize(
    ("height", "width", "expected"),
    [
        pytest.param(20, 10, (20, 10), id="already-in-its-box"),
        pytest.param(200, 100, (20, 10), id="ten-times-as-large"),
        pytest.param(5, 10, (10, 20), id="wide-and-small"),
        pytest.param(400, 3, (20, 1), id="a-line-keeps-one-pixel"),
    ],
)
def test_scales_ink_to_the_box_and_keeps_its_aspect(height, width, expected):
    ink = np.zeros((height + 50, width + 30), np.uint8)
    ink[20 : 20 + height, 10 : 10 + width] = 255

    image = frame(ink)

    rows, columns = np.nonzero(image)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == expected
    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8


def test_centers_the_mass_not_the_box():
    ink = np.zeros((BOX, BOX), np.uint8)
    ink[:, :12] = 255  # heavier on the left
    ink[0, 12:] = 255

    rows, columns = np.indices((SIDE, SIDE))
    image = frame(ink).astype(float)

    assert abs((rows * image).sum() / image.sum() - 14) <= 0.5
    assert abs((columns * image).sum() / image.sum() - 14) <= 0.5


def test_keeps_far_ink_inside_the_image():
    ink = np.zeros((BOX, BOX), np.uint8)
    ink[0, 0] = 1  # holds the box open
    ink[-1, -1] = 255  # all the mass in a corner

    image = frame(ink)

    assert image.max() == 255
    assert image.min() == 0
    assert np.count_nonzero(image) == 2


def test_refuses_blank_paper():
    with pytest.raises(BlankImageError, match="darker or lighter"):
        frame(np.zeros((40, 40), np.uint8))
