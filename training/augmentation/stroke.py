"""Another pen: thinner or thicker strokes."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator

from training.augmentation.chain import Augmentation, Batch, chain

_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)


def stroke(*, amount: float) -> Augmentation:
    """Thin or thicken the strokes of each digit image.

    Args:
        amount: 0 leaves images alone; 1 thins or thickens by up to a pixel on each side. Each image
            draws how far it goes toward its thinnest or its thickest form.
    """
    if not amount:
        return chain()

    def apply(images: Batch, random: Generator) -> Batch:
        weights = random.uniform(-amount, amount, len(images))
        changed = np.empty_like(images)
        for image, weight, target in zip(images, weights, changed, strict=True):
            extreme = cv2.dilate(image, _CROSS) if weight > 0 else cv2.erode(image, _CROSS)
            cv2.addWeighted(extreme, abs(weight), image, 1 - abs(weight), 0, dst=target)
        return changed

    return apply
