"""Another light and another camera's colors: brightness, contrast, saturation and hue of RGB pictures."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.augmentation.chain import Augmentation, Batch, chain

_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)
"""Weights of red, green and blue in gray (ITU-R BT.601), as Pillow's `convert("L")` has them."""

_HUES: Final = 180
"""OpenCV counts hue in steps of 2 degrees, to fit it into a byte."""


def brightness(*, amount: float) -> Augmentation:
    """Add light to each picture or take it away, at most `amount` of the whole range."""
    if not amount:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        levels = random.uniform(-255 * amount, 255 * amount, len(pictures))
        return _look_up(pictures, np.arange(256) + levels[:, np.newaxis])

    return apply


def contrast(*, amount: float) -> Augmentation:
    """Draw each picture's levels from or to their mean, by a factor from 1 - amount to 1 + amount."""
    if not amount:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        factor = random.uniform(1 - amount, 1 + amount, (len(pictures), 1))
        mean = pictures.mean(axis=(1, 2, 3))[:, np.newaxis]
        return _look_up(pictures, mean + factor * (np.arange(256) - mean))

    return apply


def saturation(*, amount: float) -> Augmentation:
    """Draw each picture's colors from or to gray, by a factor from 1 - amount to 1 + amount."""
    if not amount:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        factors = random.uniform(1 - amount, 1 + amount, len(pictures)).astype(np.float32)
        changed = np.empty_like(pictures)
        for picture, factor, target in zip(pictures, factors, changed, strict=True):
            mix = factor * np.eye(3, dtype=np.float32) + (1 - factor) * _LUMA
            cv2.transform(picture, mix, dst=target)
        return changed

    return apply


def hue(*, turn_deg: float) -> Augmentation:
    """Turn the colors of each picture around the color wheel by at most `turn_deg`, either way."""
    if not turn_deg:
        return chain()

    def apply(pictures: Batch, random: Generator) -> Batch:
        n, height, width, _ = pictures.shape
        turns = np.rint(random.uniform(-turn_deg, turn_deg, n) / 2).astype(np.int64)
        colors = np.asarray(cv2.cvtColor(pictures.reshape(n * height, width, 3), cv2.COLOR_RGB2HSV), np.uint8)
        hues = colors.reshape(pictures.shape)[..., 0]
        hues[:] = (hues + turns[:, np.newaxis, np.newaxis]) % _HUES
        return np.asarray(cv2.cvtColor(colors, cv2.COLOR_HSV2RGB), np.uint8).reshape(pictures.shape)

    return apply


def _look_up(pictures: Batch, levels: NDArray[np.float64]) -> Batch:
    """Replace each level of each picture by another, from a table of shape (n, 256)."""
    tables = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    changed = np.empty_like(pictures)
    for picture, table, target in zip(pictures, tables, changed, strict=True):
        cv2.LUT(picture, table, dst=target)
    return changed
