"""Place ink the way MNIST does: scaled to a 20-pixel box, centered by mass."""

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.contract import BOX, MASS_CENTER, SIDE, DigitImage
from digits.errors import BlankImageError


def frame(ink: NDArray[np.uint8]) -> DigitImage:
    """Place ink the way MNIST does: scaled to a box, centered by mass.

    Args:
        ink: Shape (height, width), any size. 0 is paper, 255 is solid ink.

    Returns:
        The digit image, shape (SIDE, SIDE), same scale as `ink`.

    Raises:
        BlankImageError: Every pixel of `ink` is paper.

    Source:
        LeCun, Bottou, Bengio, Haffner (1998), "Gradient-Based Learning Applied to
        Document Recognition", Proc. IEEE 86(11), section III-A.
    """
    left, top, width, height = cv2.boundingRect(ink)
    if not width:
        raise BlankImageError
    box = _scale_to_box(ink[top : top + height, left : left + width])
    height, width = box.shape
    row, column = _center_of_mass(box)
    top = _offset(row, height)
    left = _offset(column, width)
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + height, left : left + width] = box
    return image


def _scale_to_box(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale so that the longer side is BOX pixels; the shorter keeps the aspect, at least 1."""
    height, width = ink.shape
    longer = max(height, width)
    if longer == BOX:
        return ink
    size = (max(1, round(width * BOX / longer)), max(1, round(height * BOX / longer)))
    shrinks = longer > BOX
    scaled = cv2.resize(ink, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
    return np.asarray(scaled, np.uint8)


def _center_of_mass(ink: NDArray[np.uint8]) -> tuple[float, float]:
    moments = cv2.moments(ink)
    if not moments["m00"]:  # scaled away to nothing: the middle is as good as any
        return (ink.shape[0] - 1) / 2, (ink.shape[1] - 1) / 2
    return moments["m01"] / moments["m00"], moments["m10"] / moments["m00"]


def _offset(center: float, length: int) -> int:
    """First pixel such that `center` comes nearest MASS_CENTER with all `length` pixels inside."""
    return min(max(round(MASS_CENTER - center), 0), SIDE - length)
