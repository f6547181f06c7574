"""A thin line is thickened so that it survives being made small; other strokes stay as they are."""

import cv2
import numpy as np
import pytest

from digits.imaging.frame import frame
from digits.imaging.stroke import stroke_width, thicken


def ring(thickness, side=400):
    ink = np.zeros((side, side), np.uint8)
    cv2.circle(ink, (side // 2, side // 2), side // 2 - thickness, 255, thickness)
    return ink


@pytest.mark.parametrize("thickness", [2, 5, 12, 40])
def test_measures_the_stroke(thickness):
    bar = np.zeros((400, 200), np.uint8)
    bar[:, 50 : 50 + thickness] = 255

    assert stroke_width(bar) == pytest.approx(thickness, rel=0.15)


def test_measures_nothing_on_blank_paper():
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0


@pytest.mark.parametrize("thickness", [1, 3, 10, 25])
def test_a_thin_line_survives_framing(thickness):
    image = frame(thicken(ring(thickness)))

    assert np.percentile(image[image > 0], 90) > 200


@pytest.mark.parametrize("thickness", [45, 90])
def test_leaves_a_stroke_as_thick_as_mnists_alone(thickness):
    ink = ring(thickness)

    assert thicken(ink) is ink
