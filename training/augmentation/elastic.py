"""A shaking hand: each stroke bent a little, smoothly."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.augmentation.chain import Augmentation, Batch, chain

SMOOTH_PX: Final = 4.0
"""Standard deviation of the Gaussian that smooths the moves, as in the paper."""


def elastic(*, amount_px: float, smooth_px: float = SMOOTH_PX) -> Augmentation:
    """Move each pixel of each digit image at random, near ones together.

    Args:
        amount_px: Standard deviation of the moves along each axis; about 1 bends digits as the paper does.
        smooth_px: How far moves are alike: small values make the strokes tremble, large ones bend them.

    Source:
        Simard, Steinkraus and Platt (2003), "Best Practices for Convolutional Neural Networks
        Applied to Visual Document Analysis", ICDAR.
    """
    if not amount_px:
        return chain()

    def apply(images: Batch, random: Generator) -> Batch:
        height, width = images.shape[1:3]
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)), axis=-1).astype(np.float32)
        moves = random.standard_normal((len(images), height, width, 2), np.float32)
        changed = np.empty_like(images)
        for image, move, target in zip(images, moves, changed, strict=True):
            x, y = cv2.split(grid + _smooth(move, smooth_px) * np.float32(amount_px))
            cv2.remap(image, x, y, cv2.INTER_LINEAR, dst=target)
        return changed

    return apply


def _smooth(moves: NDArray[np.float32], smooth_px: float) -> NDArray[np.float32]:
    """The field smoothed, its standard deviation 1 again: smoothing divides it by 2 sqrt(pi) smooth_px."""
    smooth = cv2.GaussianBlur(moves, (0, 0), smooth_px, borderType=cv2.BORDER_REFLECT)
    return np.asarray(smooth, np.float32) * np.float32(2 * np.sqrt(np.pi) * smooth_px)
