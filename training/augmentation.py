"""Random changes of digit images that leave the digit what it is.

An `Augmentation` maps a batch to a batch and draws what it needs from the generator it is given,
so that the same generator state gives the same images. `chain` composes them.

No flips: a mirrored 2 is no 2, and an upside-down 6 is a 9.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import MASS_CENTER, DigitImages

Augmentation: TypeAlias = Callable[[DigitImages, Generator], DigitImages]

_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def chain(*steps: Augmentation) -> Augmentation:
    """One augmentation that applies the given ones in order."""

    def apply(images: DigitImages, random: Generator) -> DigitImages:
        for step in steps:
            images = step(images, random)
        return images

    return apply


def affine(*, rotation_deg: float, shift_px: float, scale: float, shear: float) -> Augmentation:
    """Turn, slant, stretch and move each image, all in one resampling.

    Args:
        rotation_deg: Largest angle, either way.
        shift_px: Largest move along each axis, either way.
        scale: Each axis is stretched by a factor from 1 - scale to 1 + scale.
        shear: Largest slant, in pixels a pixel.
    """
    if not (rotation_deg or shift_px or scale or shear):
        return chain()

    def apply(images: DigitImages, random: Generator) -> DigitImages:
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


def stroke(*, amount: float) -> Augmentation:
    """Thin or thicken the strokes, as another pen would.

    Args:
        amount: 0 leaves images alone; 1 thins or thickens by up to a pixel on each side. Each image
            draws how far it goes toward its thinnest or its thickest form.
    """
    if not amount:
        return chain()

    def apply(images: DigitImages, random: Generator) -> DigitImages:
        weights = random.uniform(-amount, amount, len(images))
        changed = np.empty_like(images)
        for image, weight, target in zip(images, weights, changed, strict=True):
            extreme = cv2.dilate(image, _CROSS) if weight > 0 else cv2.erode(image, _CROSS)
            cv2.addWeighted(extreme, abs(weight), image, 1 - abs(weight), 0, dst=target)
        return changed

    return apply
