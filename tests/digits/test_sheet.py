"""What lies around a sheet of paper becomes paper; a light digit on dark ground stays."""

import cv2
import numpy as np
import pytest

from digits.imaging.sheet import clear_surroundings

TABLE, PAPER, INK = 70, 220, 40


def photo(corners, *, draw=True, paper=PAPER):
    """A sheet with a 7 on it, on a table."""
    picture = np.full((240, 300), TABLE, np.uint8)
    cv2.fillPoly(picture, [np.array(corners, np.int32)], paper)
    if draw:
        cv2.polylines(picture, [np.array([[130, 90], [175, 90], [145, 160]], np.int32)], False, INK, 9)
    return cv2.GaussianBlur(picture, (0, 0), 1)


UPRIGHT = [(60, 40), (240, 40), (240, 200), (60, 200)]
SLANTING = [(75, 30), (255, 60), (230, 215), (50, 190)]
CUT_OFF = [(60, 40), (299, 40), (299, 200), (60, 200)]
FRAMED = [(8, 8), (291, 8), (291, 231), (8, 231)]


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param(UPRIGHT, id="upright"),
        pytest.param(SLANTING, id="slanting"),
        pytest.param(CUT_OFF, id="over-the-pictures-edge"),
        pytest.param(FRAMED, id="in-a-frame"),
    ],
)
def test_leaves_paper_and_ink_and_nothing_around_them(corners):
    cleared = clear_surroundings(photo(corners))

    ink = cv2.dilate(np.uint8(photo(UPRIGHT)[60:180, 110:190] < 130), np.ones((5, 5))) > 0
    paper = np.ones(cleared.shape, bool)
    paper[60:180, 110:190] = ~ink
    assert np.abs(cleared[paper].astype(int) - PAPER).max() < 15
    assert np.array_equal(cleared[60:180, 110:190], photo(corners)[60:180, 110:190])


def test_goes_on_with_the_shade_of_the_sheet():
    shaded = photo(UPRIGHT).astype(float) * np.linspace(1, 0.7, 300)

    cleared = clear_surroundings(shaded.astype(np.uint8)).astype(int)

    assert cleared[120, 20] - cleared[120, 280] > 20


def light(draw):
    picture = np.full((200, 200), 20, np.uint8)
    draw(picture)
    return picture


def display(bar, gap=4):
    """A 0 of six light bars that glow, as an alarm clock shows it."""
    picture = np.full((300, 240), 10, np.uint8)
    top, left, bottom, right = 20, 20, 280, 220
    for x in (left, right - bar):
        picture[top + gap : 150 - gap, x : x + bar] = 230
        picture[150 + gap : bottom - gap, x : x + bar] = 230
    for y in (top, bottom - bar):
        picture[y : y + bar, left + gap : right - gap] = 230
    glow = cv2.GaussianBlur(picture, (0, 0), 8).astype(float) * 1.4
    return np.maximum(picture, np.clip(glow, 0, 255).astype(np.uint8))


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(light(lambda p: cv2.ellipse(p, (100, 100), (50, 75), 0, 0, 360, 240, 26)), id="round-0"),
        pytest.param(light(lambda p: cv2.rectangle(p, (50, 30), (150, 170), 240, 34)), id="square-0"),
        pytest.param(display(bar=30), id="display-0-with-a-wide-hole"),
        pytest.param(display(bar=70), id="display-0-with-a-narrow-hole"),
        pytest.param(light(lambda p: cv2.rectangle(p, (80, 10), (120, 190), 240, -1)), id="light-1"),
        pytest.param(photo(UPRIGHT, draw=False), id="empty-sheet"),
        pytest.param(255 - photo(UPRIGHT), id="blackboard"),
        pytest.param(np.full((200, 200), 250, np.uint8), id="blank"),
        pytest.param(np.full((3, 900), 7, np.uint8), id="a-strip"),
        pytest.param(np.zeros((1, 1), np.uint8), id="one-pixel"),
    ],
)
def test_leaves_all_else_as_it_is(picture):
    assert clear_surroundings(picture) is picture
