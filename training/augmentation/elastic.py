"""A shaking hand: each stroke bent a little, smoothly."""

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.augmentation.chain import Augmentation, Batch, chain

SMOOTH_PX: Final = 4.0
"""Standard deviation of the Gaussian that smooths the moves, as in the paper."""

_MIRRORED: Final = 4
"""How far the image is mirrored at its edges, in standard deviations of the Gaussian."""


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
        noise = random.standard_normal((len(images), 2, height, width), np.float32)
        moves = _smoother(height, smooth_px) @ noise @ _smoother(width, smooth_px).T * np.float32(amount_px)
        x = moves[:, 0] + np.arange(width, dtype=np.float32)
        y = moves[:, 1] + np.arange(height, dtype=np.float32)[:, None]
        changed = np.empty_like(images)
        for i, image in enumerate(images):
            cv2.remap(image, x[i], y[i], cv2.INTER_LINEAR, dst=changed[i])
        return changed

    return apply


@cache
def _smoother(length: int, smooth_px: float) -> NDArray[np.float32]:
    """The matrix that smooths a column of independent values, and leaves each a standard deviation of 1."""
    reach = round(_MIRRORED * smooth_px)
    distance = np.arange(-reach, length + reach) - np.arange(length)[:, None]
    mirrored = np.pad(np.eye(length), ((reach, reach), (0, 0)), mode="symmetric")
    smooth = np.exp(-0.5 * (distance / smooth_px) ** 2) @ mirrored
    return np.asarray(smooth / np.linalg.norm(smooth, axis=1, keepdims=True), np.float32)
