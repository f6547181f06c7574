"""Shift, rotate, resize and shear, alone or all at once."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import MASS_CENTER
from training.augmentation.chain import Augmentation, Batch, chain


def shift(*, shift_px: float) -> Augmentation:
    """Move each image by at most `shift_px` along each axis."""
    return affine(shift_px=shift_px)


def rotate(*, rotation_deg: float) -> Augmentation:
    """Turn each image by at most `rotation_deg`, either way."""
    return affine(rotation_deg=rotation_deg)


def resize(*, scale: float) -> Augmentation:
    """Stretch each axis of each image by a factor from 1 - scale to 1 + scale."""
    return affine(scale=scale)


def shear(*, slant: float) -> Augmentation:
    """Slant each image by at most `slant` pixels a pixel, either way."""
    return affine(shear=slant)


def affine(
    *, rotation_deg: float = 0.0, shift_px: float = 0.0, scale: float = 0.0, shear: float = 0.0
) -> Augmentation:
    """Turn, slant, stretch and move each digit image, all in one resampling.

    Args:
        rotation_deg: Largest angle, either way.
        shift_px: Largest move along each axis, either way.
        scale: Each axis is stretched by a factor from 1 - scale to 1 + scale.
        shear: Largest slant, in pixels a pixel.
    """
    if not (rotation_deg or shift_px or scale or shear):
        return chain()

    def apply(images: Batch, random: Generator) -> Batch:
        n = len(images)
        angle = np.deg2rad(random.uniform(-rotation_deg, rotation_deg, n))
        slant = random.uniform(-shear, shear, n)
        stretch = random.uniform(1 - scale, 1 + scale, (n, 2))
        shift = random.uniform(-shift_px, shift_px, (n, 2))
        maps = _affine_maps(angle, slant, stretch, shift)
        changed = np.empty_like(images)
        for image, matrix, target in zip(images, maps, changed, strict=True):
            cv2.warpAffine(image, matrix, image.shape[::-1], dst=target, flags=cv2.INTER_LINEAR)
        return changed

    return apply


def _affine_maps(
    angle: NDArray[np.float64],
    slant: NDArray[np.float64],
    stretch: NDArray[np.float64],
    shift: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Maps about the digits' center of mass, shape (n, 2, 3), from (n,), (n,), (n, 2), (n, 2)."""
    cos, sin, one, zero = np.cos(angle), np.sin(angle), np.ones_like(angle), np.zeros_like(angle)
    rotate = np.stack([cos, -sin, sin, cos], axis=-1).reshape(-1, 2, 2)
    lean = np.stack([one, slant, zero, one], axis=-1).reshape(-1, 2, 2)
    linear = rotate @ lean * stretch[:, np.newaxis, :]
    center = np.array([MASS_CENTER, MASS_CENTER])
    return np.concatenate([linear, (center - linear @ center + shift)[..., np.newaxis]], axis=-1)
