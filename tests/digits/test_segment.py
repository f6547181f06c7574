"""Of all ink on a picture, the digit's is kept."""

import cv2
import numpy as np
import pytest

from digits.errors import BlankImageError
from digits.imaging.segment import Company, keep_digit


def blank():
    return np.zeros((200, 200), np.uint8)


def bar(ink, top, left, height, width, value=255):
    ink[top : top + height, left : left + width] = value
    return ink


def test_cuts_the_digit_out_with_a_pixel_of_margin():
    cut = keep_digit(bar(blank(), 50, 80, 100, 20)).ink

    assert cut.shape == (102, 22)
    assert cut[1:-1, 1:-1].min() == 255
    assert cut.sum() == 100 * 20 * 255


def test_keeps_the_soft_edge_of_a_stroke():
    soft = bar(bar(blank(), 49, 79, 102, 22, 40), 50, 80, 100, 20)

    assert keep_digit(soft).ink[0, 1] == 40


def test_keeps_strokes_that_belong_together():
    five = bar(bar(blank(), 40, 80, 12, 50), 70, 80, 80, 20)  # a bar above its body, apart

    assert keep_digit(five).ink.shape[0] == 112


def test_joins_a_chain_of_pieces():
    broken = blank()
    for top in range(20, 180, 25):
        bar(broken, top, 95, 15, 12)

    assert keep_digit(broken).ink.shape[0] >= 160


@pytest.mark.parametrize(
    ("top", "left", "height", "width"),
    [
        pytest.param(10, 10, 3, 3, id="speck"),
        pytest.param(0, 170, 60, 30, id="thing-in-a-corner"),
        pytest.param(0, 0, 200, 8, id="dark-border"),
        pytest.param(190, 0, 10, 200, id="shadow-along-the-edge"),
    ],
)
def test_drops_what_is_not_the_digit(top, left, height, width):
    digit = bar(blank(), 60, 80, 80, 25)

    cut = keep_digit(bar(digit.copy(), top, left, height, width))

    np.testing.assert_array_equal(cut.ink, keep_digit(digit).ink)
    assert cut.company is Company.NONE


def ring(ink, **how):
    return cv2.ellipse(ink, (100, 100), (90, 90), 0, 0, 360, 255, **how)


@pytest.mark.parametrize(
    "around",
    [
        pytest.param(lambda ink: cv2.rectangle(ink, (20, 20), (180, 180), 255, 4), id="box"),
        pytest.param(lambda ink: ring(ink, thickness=4), id="circle"),
        pytest.param(lambda ink: ring(ink, thickness=8), id="thick-circle"),
        pytest.param(lambda ink: bar(ink, 150, 30, 4, 140), id="underline"),
    ],
)
def test_drops_what_is_drawn_round_or_under_the_digit(around):
    digit = bar(bar(blank(), 60, 80, 80, 15), 60, 80, 15, 50)

    cut = keep_digit(around(digit.copy()))

    np.testing.assert_array_equal(cut.ink, keep_digit(digit).ink)
    assert cut.company is Company.NONE


@pytest.mark.parametrize(
    "part",
    [
        pytest.param((145, 80, 12, 55), id="foot-of-a-two"),
        pytest.param((40, 60, 8, 90), id="long-bar-above"),
    ],
)
def test_keeps_a_level_stroke_that_may_be_the_digits(part):
    body = bar(bar(blank(), 60, 80, 80, 15), 60, 80, 15, 50)
    whole = bar(body.copy(), *part)

    assert keep_digit(whole).ink.sum() == whole.sum()


def test_keeps_a_digit_drawn_in_outline():
    six = cv2.line(blank(), (60, 10), (60, 125), 255, 3)
    cv2.ellipse(six, (100, 140), (45, 45), 0, 0, 360, 255, 3)
    cv2.ellipse(six, (100, 140), (28, 28), 0, 0, 360, 255, 3)

    assert keep_digit(six).ink.sum() == six.sum()


def test_keeps_a_digit_that_fills_its_frame():
    ring = bar(bar(blank(), 0, 0, 200, 200), 40, 40, 120, 120, 0)

    assert keep_digit(ring).ink.sum() == ring.sum()


def test_faint_ink_alone_is_blank():
    with pytest.raises(BlankImageError):
        keep_digit(bar(blank(), 50, 50, 50, 50, 30))


@pytest.mark.parametrize(
    ("others", "company"),
    [
        pytest.param([], Company.NONE, id="alone"),
        pytest.param([(60, 180, 80, 15)], Company.LIKELY, id="one-beside-it"),
        pytest.param([(60, 30, 70, 12), (65, 180, 80, 15)], Company.LIKELY, id="one-on-each-side"),
        pytest.param([(60, 108, 80, 25)], Company.MAYBE, id="near-enough-for-a-stroke"),
        pytest.param([(110, 180, 30, 15)], Company.NONE, id="a-small-thing-beside-it"),
        pytest.param([(5, 120, 40, 25)], Company.NONE, id="something-above-it"),
        pytest.param([(0, 185, 200, 15)], Company.NONE, id="the-edge-of-the-paper"),
    ],
)
def test_says_whether_another_digit_may_stand_beside_it(others, company):
    ink = bar(blank(), 60, 80, 80, 25)
    for other in others:
        bar(ink, *other)

    assert keep_digit(ink).company is company


@pytest.mark.parametrize(
    ("width", "company"),
    [
        pytest.param(70, Company.NONE, id="wide"),
        pytest.param(90, Company.MAYBE, id="wider-than-most"),
        pytest.param(130, Company.LIKELY, id="as-wide-as-no-digit"),
    ],
)
def test_says_whether_it_is_wide_enough_for_several(width, company):
    assert keep_digit(bar(blank(), 70, 30, 60, width)).company is company
