"""A poorer camera: its noise, and a lens out of focus, on RGB pictures."""

from statistics import NormalDist
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator

from training.augmentation.chain import Augmentation, Batch, chain

_NORMAL: Final = np.array([NormalDist().inv_cdf((i + 0.5) / 256) for i in range(256)], np.float32)
"""A normal distribution in 256 equally likely values: a random byte and a look-up are six times as fast
as a normal draw."""


def noise(*, amount: float) -> Augmentation:
    """Add Gaussian noise to each picture, its standard deviation at most `amount` of the whole range."""
    if not amount:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        strengths = random.uniform(0, 255 * amount, len(pictures)).astype(np.float32)
        bytes_ = random.integers(0, 256, pictures.shape, np.uint8)
        changed = np.empty_like(pictures)
        for picture, draw, strength, target in zip(pictures, bytes_, strengths, changed, strict=True):
            grain = cv2.LUT(draw, _NORMAL * strength)
            cv2.add(picture, grain, dst=target, dtype=cv2.CV_8U)  # rounds, and stops at black and white
        return changed

    return apply


def blur(*, sigma_px: float) -> Augmentation:
    """Blur each picture by a Gaussian, its standard deviation at most `sigma_px`."""
    if not sigma_px:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        sigmas = random.uniform(0, sigma_px, len(pictures))
        changed = np.empty_like(pictures)
        for picture, sigma, target in zip(pictures, sigmas, changed, strict=True):
            cv2.GaussianBlur(picture, (0, 0), max(sigma, 0.01), dst=target)
        return changed

    return apply
