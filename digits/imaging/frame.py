"""Place ink the way MNIST does: scaled to a 20-pixel box, centered by mass."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.contract import BOX, MASS_CENTER, SIDE, DigitImage
from digits.errors import BlankImageError
from digits.imaging.area import Area


@dataclass(frozen=True, slots=True)
class Framed:
    """Ink as a digit image.

    Attributes:
        area: What of the ink the digit image shows, paper around it included: pixel (row, column) of the
            image covers a 28th of its height and width.
    """

    image: DigitImage
    area: Area


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
    return frame_with_area(ink).image


def frame_with_area(ink: NDArray[np.uint8]) -> Framed:
    """What `frame` does, and where the image's pixels come from."""
    x, y, ink_width, ink_height = cv2.boundingRect(ink)
    if not ink_width:
        raise BlankImageError
    box = _scale_to_box(ink[y : y + ink_height, x : x + ink_width])
    height, width = box.shape
    row, column = _center_of_mass(box)
    top = _offset(row, height)
    left = _offset(column, width)
    image = np.zeros((SIDE, SIDE), np.uint8)
    image[top : top + height, left : left + width] = box
    area = Area(-left, -top, SIDE, SIDE).scaled(ink_width / width, ink_height / height).moved(x, y)
    return Framed(image, area)


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
