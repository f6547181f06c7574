"""Blur: frosted glass in front of the digit, and a camera that moved."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator

from digits.contract import SIDE, DigitImages
from training.corruptions.levels import to_levels

_GLASS_SIGMA_PX: Final = 0.7
_GLASS_ROUNDS: Final = 2
_MOTION_SIGMA_PX: Final = 3.0
_MOTION_TAPS: Final = 11
"""Further along its trail the Gaussian has less than 1 % left."""

_MOTION_MAX_DEG: Final = 45.0


def glass_blur(images: DigitImages, random: Generator) -> DigitImages:
    """Swap pixels with their neighbors, between two Gaussian blurs.

    Pixel after pixel, from the lower right, changes places with one up to a pixel above and to the
    left, or stays, each with probability 1/2.
    """
    shuffled = _blur(images)
    every = np.arange(len(images))
    for _ in range(_GLASS_ROUNDS):
        for row in range(SIDE - 1, 1, -1):
            for column in range(SIDE - 1, 1, -1):
                up, left = random.integers(0, 2, (2, len(images))) * random.integers(0, 2, len(images))
                here = shuffled[:, row, column].copy()
                shuffled[:, row, column] = shuffled[every, row - up, column - left]
                shuffled[every, row - up, column - left] = here
    return _blur(shuffled)


def motion_blur(images: DigitImages, random: Generator) -> DigitImages:
    """Draw each image out along a line up to 45 degrees from level: half a Gaussian, 3 pixels wide."""
    angle = np.deg2rad(random.uniform(-_MOTION_MAX_DEG, _MOTION_MAX_DEG, len(images)))
    margin = _MOTION_TAPS
    padded = np.pad(images, ((0, 0), (margin, margin), (margin, margin)), mode="edge")
    weights = np.exp(-0.5 * (np.arange(_MOTION_TAPS) / _MOTION_SIGMA_PX) ** 2)
    every, pixels = np.arange(len(images))[:, None, None], np.arange(margin, margin + SIDE)
    blurred = np.zeros(images.shape)
    for distance, weight in enumerate(weights / weights.sum()):
        rows = pixels[:, None] + np.rint(distance * np.sin(angle)).astype(int)[:, None, None]
        columns = pixels + np.rint(distance * np.cos(angle)).astype(int)[:, None, None]
        blurred += weight * padded[every, rows, columns]
    return to_levels(blurred)


def _blur(images: DigitImages) -> DigitImages:
    blurred = np.empty_like(images)
    for image, target in zip(images, blurred, strict=True):
        cv2.GaussianBlur(image, (0, 0), _GLASS_SIGMA_PX, dst=target)
    return blurred
