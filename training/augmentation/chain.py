"""What an augmentation is, and how several become one."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Batch: TypeAlias = NDArray[np.uint8]
"""Digit images, shape (n, 28, 28), or RGB pictures, shape (n, height, width, 3)."""

Augmentation: TypeAlias = Callable[[Batch, Generator], Batch]
"""Maps a batch to one of the same shape. It draws all it needs from the generator, and for each image
anew, so that the same generator state gives the same images. It leaves its input alone."""


def chain(*steps: Augmentation) -> Augmentation:
    """One augmentation that applies the given ones in order."""

    def apply(images: Batch, random: Generator) -> Batch:
        for step in steps:
            images = step(images, random)
        return images

    return apply
