"""Pictures are made smaller by whole factors, and never larger."""

import numpy as np
import pytest

from digits.imaging.scale import shrink


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        pytest.param((280, 280), (140, 140), id="canvas"),
        pytest.param((3000, 4000), (120, 160), id="photo"),
        pytest.param((200, 239), (200, 239), id="nearer-to-itself"),
        pytest.param((28, 28), (28, 28), id="small"),
        pytest.param((1, 10_000), (1, 161), id="one-row"),
        pytest.param((10_000, 2), (161, 1), id="two-columns"),
        pytest.param((1, 1), (1, 1), id="one-pixel"),
    ],
)
def test_brings_the_longer_side_nearest(shape, expected):
    assert shrink(np.zeros(shape, np.uint8), 160).shape == expected


def test_averages_squares():
    squares = np.kron(np.arange(16, dtype=np.uint8).reshape(4, 4) * 10, np.ones((3, 3), np.uint8))

    np.testing.assert_array_equal(shrink(squares, 4), np.arange(16).reshape(4, 4) * 10)


@pytest.mark.parametrize("offset", range(5))
def test_a_line_of_one_pixel_survives(offset):
    line = np.full((500, 500), 255, np.uint8)
    line[:, 200 + offset] = 0

    assert shrink(line, 160).min() < 200
