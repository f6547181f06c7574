"""Ink is found whichever way round it is, under shading and noise, and blank paper has none."""

import cv2
import numpy as np
import pytest
from papers import grain, on_paper, shade

from digits.errors import BlankImageError
from digits.imaging.ink import extract_ink, measure_darkness, to_dark_on_light


def as_pixels(gray):
    return grain(gray, sigma=0)


@pytest.mark.parametrize("thin", [False, True], ids=["bold", "thin"])
@pytest.mark.parametrize("levels", [0, 60], ids=["even-light", "shaded"])
@pytest.mark.parametrize("index", range(10))
def test_finds_out_which_way_round_a_picture_is(mnist_test, index, levels, thin):
    ink = mnist_test[0][index]
    if thin:
        ink = np.where(ink > 200, ink, 0).astype(np.uint8)
    dark_on_light = as_pixels(shade(on_paper(ink), levels=levels))

    np.testing.assert_array_equal(to_dark_on_light(dark_on_light), dark_on_light)
    np.testing.assert_array_equal(to_dark_on_light(255 - dark_on_light), dark_on_light)


@pytest.mark.parametrize("side", [20, 56, 140])
def test_finds_it_out_where_a_digit_is_cut_out_close(mnist_test, side):
    wrong = 0
    for ink in mnist_test[0][:200]:
        left, top, width, height = cv2.boundingRect(ink)
        scale = side / max(width, height)
        size = (max(2, round(scale * width)), max(2, round(scale * height)))
        close = cv2.resize(ink[top : top + height, left : left + width], size)
        wrong += not np.array_equal(to_dark_on_light(close), 255 - close)

    assert wrong <= 1


@pytest.mark.parametrize(
    ("paper", "darkness", "levels", "sigma"),
    [
        pytest.param(255, 255, 0, 0, id="canvas"),
        pytest.param(235, 190, 0, 4, id="scan"),
        pytest.param(220, 70, 0, 4, id="pencil"),
        pytest.param(220, 150, 90, 5, id="phone-photo-with-shading"),
        pytest.param(120, 80, 30, 3, id="dark-paper"),
    ],
)
def test_recovers_the_ink(mnist_test, paper, darkness, levels, sigma):
    truth = mnist_test[0][0]
    gray = grain(shade(on_paper(truth, paper=paper, darkness=darkness), levels=levels), sigma=sigma)

    ink = extract_ink(measure_darkness(gray))

    drawn = on_paper(truth, paper=0, darkness=-255)
    assert ink[drawn > 200].mean() > 220
    assert ink[drawn == 0].mean() < 6


@pytest.mark.parametrize("value", [0, 128, 255])
def test_even_paper_is_blank(value):
    with pytest.raises(BlankImageError):
        extract_ink(measure_darkness(np.full((80, 60), value, np.uint8)))


@pytest.mark.parametrize("levels", [0, 90], ids=["even-light", "shaded"])
def test_noisy_paper_is_blank(levels):
    paper = grain(shade(np.full((300, 400), 220.0), levels=levels), sigma=4)

    with pytest.raises(BlankImageError):
        extract_ink(measure_darkness(paper))


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (2, 2), (3, 700)], ids=str)
def test_takes_any_shape(shape):
    gray = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    dark = to_dark_on_light(gray)

    try:
        assert extract_ink(measure_darkness(dark)).shape == shape
    except BlankImageError:
        assert min(shape) < 3, "only a picture without inside may have nothing on it"
