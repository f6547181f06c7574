"""Digits out of place: slanted, small, turned, moved. All but the scale go one way or the other by chance."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImages

_ANGLE_RAD: Final = 0.4
"""Of the turn and of the slant."""

_SCALE: Final = 0.7
_SHIFT_PX: Final = 3
_CENTER: Final = np.full(2, (SIDE - 1) / 2)
"""Of the image, about which all of this happens."""


def shear(images: DigitImages, random: Generator) -> DigitImages:
    """Slant each image by 0.4 radians."""
    slant = np.tan(_ANGLE_RAD) * _either_way(random, len(images))
    one, zero = np.ones_like(slant), np.zeros_like(slant)
    return _map(images, np.stack([one, slant, zero, one], axis=-1))


def scale(images: DigitImages, _: Generator) -> DigitImages:
    """Shrink each image to 0.7 of its size."""
    return _map(images, np.tile([_SCALE, 0, 0, _SCALE], (len(images), 1)))


def rotate(images: DigitImages, random: Generator) -> DigitImages:
    """Turn each image by 0.4 radians, 23 degrees."""
    angle = _ANGLE_RAD * _either_way(random, len(images))
    cos, sin = np.cos(angle), np.sin(angle)
    return _map(images, np.stack([cos, -sin, sin, cos], axis=-1))


def translate(images: DigitImages, random: Generator) -> DigitImages:
    """Move each image by 3 pixels along both axes."""
    shift = np.stack([_either_way(random, len(images)) for _ in range(2)], axis=-1) * _SHIFT_PX
    return _map(images, np.tile([1.0, 0, 0, 1], (len(images), 1)), shift)


def _either_way(random: Generator, n: int) -> NDArray[np.float64]:
    return np.asarray(random.choice([-1.0, 1.0], n), np.float64)


def _map(
    images: DigitImages, linear: NDArray[np.float64], shift: float | NDArray[np.float64] = 0.0
) -> DigitImages:
    """Map x and y linearly about the center, by the rows of shape (n, 4), then shift, shape (n, 2)."""
    linear = linear.reshape(-1, 2, 2)
    offset = _CENTER - linear @ _CENTER + shift
    changed = np.empty_like(images)
    maps = np.concatenate([linear, offset[..., np.newaxis]], axis=-1)
    for image, matrix, target in zip(images, maps, changed, strict=True):
        cv2.warpAffine(image, matrix, (SIDE, SIDE), dst=target, flags=cv2.INTER_LINEAR)
    return changed
