"""A poorer camera: its noise, and a lens out of focus, on RGB pictures."""

import cv2
import numpy as np
from numpy.random import Generator

from training.augmentation.chain import Augmentation, Batch, chain


def noise(*, amount: float) -> Augmentation:
    """Add Gaussian noise to each picture, its standard deviation at most `amount` of the whole range."""
    if not amount:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        strengths = random.uniform(0, 255 * amount, (len(pictures), 1, 1, 1)).astype(np.float32)
        grain = random.standard_normal(pictures.shape, np.float32)
        grain *= strengths
        grain += pictures
        np.rint(grain, out=grain)
        return np.clip(grain, 0, 255, out=grain).astype(np.uint8)

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
