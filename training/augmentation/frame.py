"""Which part of the image is seen, and from which side: crops and flips."""

import cv2
import numpy as np
from numpy.random import Generator

from training.augmentation.chain import Augmentation, Batch, chain


def crop(*, share: float) -> Augmentation:
    """Cut a square out of each digit image, and enlarge it to the whole.

    Args:
        share: At most this share of the side is cut away, in all; where it is cut is drawn too.
    """
    if not share:
        return chain()

    def apply(images: Batch, random: Generator) -> Batch:
        side = images.shape[1]
        kept = side * (1 - random.uniform(0, share, len(images)))
        corners = random.uniform(0, 1, (len(images), 2)) * (side - kept)[:, np.newaxis]
        changed = np.empty_like(images)
        for image, (left, top), width, target in zip(images, corners, kept, changed, strict=True):
            factor = side / width
            matrix = np.array([[factor, 0, -left * factor], [0, factor, -top * factor]])
            cv2.warpAffine(image, matrix, (side, side), dst=target, flags=cv2.INTER_LINEAR)
        return changed

    return apply


def flip(*, share: float) -> Augmentation:
    """Mirror some of the images, left to right.

    It harms digits: a mirrored 2 is no 2, and a mirrored 3 is no digit at all. It is here because
    recipes for photos have it, and to be measured.

    Args:
        share: Of the images, each is mirrored with this probability.
    """
    if not share:
        return chain()

    def apply(images: Batch, random: Generator) -> Batch:
        mirrored = random.random(len(images)) < share
        changed = images.copy()
        changed[mirrored] = changed[mirrored, :, ::-1]
        return changed

    return apply
