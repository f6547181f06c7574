"""Noise of a sensor: too few photons, dead and stuck pixels."""

from typing import Final

import numpy as np
from numpy.random import Generator

from digits.contract import DigitImages
from training.corruptions.levels import to_levels

_PHOTONS: Final = 3
"""That a pixel of solid ink counts on average."""

_IMPULSES: Final = 0.17
"""Share of the pixels that are stuck, half of them at 0 and half at 255."""


def shot_noise(images: DigitImages, random: Generator) -> DigitImages:
    """Count few photons in each pixel: Poisson's distribution."""
    photons = random.poisson(images * (_PHOTONS / 255))
    return to_levels(photons * (255 / _PHOTONS))


def impulse_noise(images: DigitImages, random: Generator) -> DigitImages:
    """Put salt and pepper on the image."""
    draw = random.random(images.shape, np.float32)
    salted = np.where(draw < _IMPULSES / 2, 255, images)
    return np.where(draw > 1 - _IMPULSES / 2, 0, salted).astype(np.uint8)
