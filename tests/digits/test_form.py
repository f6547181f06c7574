"""The lines of a form go, what is written over them stays; what is no form stays untouched."""

import cv2
import numpy as np
import pytest
from forms import FORMS

from digits.imaging.form import remove_form


def bar(darkness, top, left, height, width, value=200):
    darkness[top : top + height, left : left + width] = value
    return darkness


def digits():
    """Sevens and bars, of which some reach over the lines below."""
    darkness = np.zeros((120, 400), np.uint8)
    for left in (70, 160, 250, 335):
        bar(bar(darkness, 30, left, 6, 38), 30, left + 32, 60, 6)
    return darkness


def row_of_boxes(*, lean=0, value=200, thickness=2):
    darkness = np.zeros((120, 400), np.uint8)
    cv2.rectangle(darkness, (20, 20), (380, 100), value, thickness)
    for left in (92, 164, 236, 308):
        cv2.line(darkness, (left - lean, 20), (left + lean, 100), value, thickness)
    return darkness


def cells():
    darkness = np.zeros((120, 400), np.uint8)
    for left in (20, 115, 205, 293):
        cv2.rectangle(darkness, (left, 20), (left + 69, 100), 200, 2)
    return darkness


def frame_around():
    return cv2.rectangle(np.zeros((120, 400), np.uint8), (20, 15), (380, 105), 200, 2)


def comb():
    darkness = bar(np.zeros((120, 400), np.uint8), 98, 20, 3, 360)
    for left in range(20, 381, 72):
        bar(darkness, 80, left, 20, 3)
    return darkness


def table():
    darkness = row_of_boxes()
    return cv2.line(darkness, (20, 62), (380, 62), 200, 2)


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(row_of_boxes(), id="boxes"),
        pytest.param(row_of_boxes(lean=4), id="walls-that-lean"),
        pytest.param(row_of_boxes(value=60), id="light-lines"),
        pytest.param(row_of_boxes(thickness=6), id="thick-lines"),
        pytest.param(cells(), id="boxes-that-stand-apart"),
        pytest.param(frame_around(), id="a-frame-around-all"),
        pytest.param(comb(), id="comb"),
        pytest.param(table(), id="table"),
    ],
)
def test_erases_its_lines_and_mends_what_crosses_them(form):
    both = np.maximum(form, digits())

    cleaned = remove_form(both)

    assert (cleaned[digits() > 0] >= 150).mean() > 0.96
    assert (cleaned[digits() == 0] > 30).mean() < 0.08 * (both[digits() == 0] > 30).mean()


def test_erases_empty_boxes_beside_filled_ones():
    both = bar(cells(), 40, 145, 40, 8)

    cleaned = remove_form(both)

    assert (cleaned[40:80, 145:153] == 200).all()
    assert not (cleaned[:, 190:] > 30).any()


def segments(*lines):
    """A digit of straight strokes, as displays show it."""
    darkness = np.zeros((160, 120), np.uint8)
    for start, end in lines:
        cv2.line(darkness, start, end, 200, 8)
    return darkness


ZERO = segments(*[((30, 30), (90, 30)), ((90, 30), (90, 130)), ((90, 130), (30, 130)), ((30, 130), (30, 30))])


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(digits(), id="digits-alone"),
        pytest.param(ZERO, id="an-angular-0"),
        pytest.param(np.maximum(ZERO, segments(((30, 80), (90, 80)))), id="an-angular-8"),
        pytest.param(np.hstack([ZERO, ZERO, ZERO]), id="several-angular-0s"),
        pytest.param(np.zeros((50, 50), np.uint8), id="blank"),
        pytest.param(np.full((50, 50), 200, np.uint8), id="solid"),
    ],
)
def test_leaves_what_is_no_form_untouched(picture):
    assert remove_form(picture) is picture


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 2), (70, 900), (300, 300)], ids=str)
def test_takes_any_shape(shape):
    noise = np.random.default_rng(0).integers(0, 256, shape, np.uint8)

    assert remove_form(noise).shape == shape


@pytest.mark.parametrize("kind", FORMS)
def test_never_makes_anything_darker(kind, mnist_test):
    random = np.random.default_rng(3)
    darkness = 255 - FORMS[kind](list(mnist_test[0][:6]), random)

    cleaned = remove_form(darkness)

    assert (cleaned <= darkness).all()
    assert cleaned.sum() < darkness.sum()
