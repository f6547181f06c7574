"""Several digits in one frame, as whoever cuts a number wrong sees them."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImage, DigitImages

_SCALE: Final = 2
"""They are drawn at twice MNIST's size: about what a page gives a digit."""

_MARGIN_PX: Final = 8


def side_by_side(images: DigitImages, random: Generator) -> NDArray[np.uint8]:
    """Digits on one line, near each other or touching.

    Args:
        images: uint8 (n, 28, 28).
        random: Draws sizes, gaps and how level they stand.

    Returns:
        Their ink, uint8 (h, w).
    """
    inks = [_resized(image, random) for image in images]
    height = max(ink.shape[0] for ink in inks) + 2 * _MARGIN_PX
    sheet = np.zeros((height, sum(ink.shape[1] for ink in inks) * 2), np.uint8)
    left = 0
    for ink in inks:
        top = (height - ink.shape[0]) // 2 + int(random.integers(-3, 4))
        area = sheet[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(area, ink, out=area)
        left += round(ink.shape[1] * (1 + random.uniform(-0.12, 0.25)))
    return sheet


def _resized(image: DigitImage, random: Generator) -> NDArray[np.uint8]:
    x, y, width, height = cv2.boundingRect(image)
    scale = _SCALE * random.uniform(0.85, 1.15)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    ink = image[y : y + height, x : x + width]
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_LINEAR), np.uint8)
