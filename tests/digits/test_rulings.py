"""Lines printed on the paper go, strokes stay."""

import cv2
import numpy as np
import pytest

from digits.imaging.rulings import remove_rulings


def bar(darkness, top, left, height, width, value=200):
    darkness[top : top + height, left : left + width] = value
    return darkness


def seven():
    return bar(bar(np.zeros((160, 160), np.uint8), 40, 50, 8, 60), 40, 102, 80, 8)


def ruled(darkness, *, step=40, value=60, tilt_deg=0.0, upright=False):
    lines = np.zeros((240, 240), np.uint8)
    lines[60::step] = value
    turn = cv2.getRotationMatrix2D((120, 120), tilt_deg + 90 * upright, 1)
    return np.maximum(darkness, cv2.warpAffine(lines, turn, (240, 240))[40:200, 40:200])


@pytest.mark.parametrize(
    "rulings",
    [
        pytest.param({}, id="ruled"),
        pytest.param({"upright": True}, id="upright-lines"),
        pytest.param({"tilt_deg": 1.5}, id="tilted"),
        pytest.param({"value": 200}, id="as-dark-as-the-ink"),
        pytest.param({"value": 60, "step": 200}, id="one-light-line"),
    ],
)
def test_erases_lines_and_keeps_the_digit_whole(rulings):
    darkness = ruled(seven(), **rulings)

    cleaned = remove_rulings(darkness)

    assert (cleaned[seven() > 0] == 200).mean() > 0.97
    assert (cleaned[seven() == 0] > 30).mean() < 0.1 * (darkness[seven() == 0] > 30).mean()


def test_erases_squares():
    squared = ruled(ruled(seven()), upright=True)

    cleaned = remove_rulings(squared)

    assert (cleaned[seven() == 0] > 30).mean() < 0.01


def test_keeps_a_small_digit_whole_whose_level_strokes_lie_on_light_squares():
    zero = np.zeros((160, 160), np.uint8)
    cv2.ellipse(zero, (80, 80), (10, 18), 15, 0, 360, 200, 4)

    cleaned = remove_rulings(ruled(ruled(zero, step=24), step=24, upright=True))

    assert (cleaned[zero > 0] == 200).mean() > 0.97
    assert (cleaned[zero == 0] > 30).mean() < 0.01


def test_keeps_small_slanted_strokes_whole_on_a_ruled_page():
    written = np.zeros((400, 900), np.uint8)
    for left in (100, 130, 160):
        cv2.line(written, (left, 135), (left + 15, 110), 210, 4)
    page = written.copy()
    page[20::50] = np.maximum(page[20::50], 100)

    cleaned = remove_rulings(page)

    np.testing.assert_array_equal(cleaned, written)


@pytest.mark.parametrize(
    "stroke",
    [
        pytest.param(bar(seven(), 40, 2, 4, 156), id="a-bar-across-the-frame"),
        pytest.param(seven(), id="a-seven"),
        pytest.param(
            bar(np.zeros((160, 160), np.uint8), 2, 78, 156, 4), id="a-thin-one-that-fills-the-frame"
        ),
    ],
)
def test_keeps_a_stroke_as_dark_as_the_ink(stroke):
    np.testing.assert_array_equal(remove_rulings(stroke), stroke)


def test_leaves_small_pictures_alone(mnist_test):
    for image in mnist_test[0][:200]:
        np.testing.assert_array_equal(remove_rulings(image), image)


@pytest.mark.parametrize("shape", [(64, 64), (1, 500), (500, 2), (70, 900)], ids=str)
def test_takes_any_shape(shape):
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    assert remove_rulings(noise).shape == shape


def form(*, cells):
    """Two rules, and upright lines from one to the other."""
    darkness = np.zeros((100, 400), np.uint8)
    for top in (10, 86):
        bar(darkness, top, 5, 3, 390)
    for left in np.linspace(5, 392, cells + 1).astype(int):
        bar(darkness, 10, left, 79, 3)
    return darkness


def test_erases_the_boxes_of_a_form_and_keeps_what_is_in_them():
    digits = np.zeros((100, 400), np.uint8)
    for left in (50, 150, 250, 350):
        bar(bar(digits, 30, left - 15, 6, 30), 30, left + 10, 45, 6)

    cleaned = remove_rulings(np.maximum(form(cells=4), digits))

    assert (cleaned[digits > 0] == 200).mean() > 0.97
    assert (cleaned[digits == 0] > 30).mean() < 0.005


def test_keeps_a_one_that_reaches_from_rule_to_rule():
    one = bar(np.zeros((160, 160), np.uint8), 60, 78, 43, 5)

    cleaned = remove_rulings(np.maximum(ruled(np.zeros((160, 160), np.uint8)), one))

    assert (cleaned[one > 0] == 200).mean() > 0.9
