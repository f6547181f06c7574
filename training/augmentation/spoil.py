"""Digits that something happened to which is no ink: they are grainy, out of focus, or an outline."""

from collections.abc import Callable
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import SIDE
from training.augmentation.chain import Augmentation, Batch

_Image: TypeAlias = NDArray[np.uint8]

_TWICE_SHARE: Final = 0.3
"""Of the spoiled images, those to which two things happen."""


def spoil() -> Augmentation:
    """Spoil every digit image, each in one way or two.

    The ways are broad on purpose. None is one of the corruptions of `training.corruptions`, which measure
    how much a network stands, and none adds strokes or patches: who learns to look past such looks past
    some strokes of digits too (docs/training.md).
    """

    def apply(images: Batch, random: Generator) -> Batch:
        changed = images.copy()
        for index in range(len(images)):
            ways = random.choice(len(_WAYS), size=2 if random.random() < _TWICE_SHARE else 1, replace=False)
            for way in ways:
                changed[index] = _WAYS[way](changed[index], random)
        return changed

    return apply


def _grain(image: _Image, random: Generator) -> _Image:
    """Gaussian noise, in grains of one pixel or some."""
    side = int(random.choice([SIDE, SIDE, SIDE, 14, 9]))
    grains = random.normal(0, random.uniform(0.05, 0.5) * 255, (side, side)).astype(np.float32)
    noise = cv2.resize(grains, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def _soften(image: _Image, random: Generator) -> _Image:
    """Too few pixels, or a lens out of focus."""
    if random.random() < 0.5:
        side = int(random.integers(9, 20))
        small = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
        how = int(random.choice([cv2.INTER_NEAREST, cv2.INTER_LINEAR]))
        return np.asarray(cv2.resize(small, (SIDE, SIDE), interpolation=how), np.uint8)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), random.uniform(0.6, 2)), np.uint8)


def _outline(image: _Image, random: Generator) -> _Image:
    """The strokes' edges alone, drawn with a pen of its own strength."""
    size = 2 * SIDE
    large = cv2.resize(image, (size, size), interpolation=cv2.INTER_CUBIC)
    if random.random() < 0.5:  # of a swollen stroke
        large = cv2.GaussianBlur(large, (0, 0), random.uniform(0.8, 2.5))
    reach = cv2.MORPH_CROSS if random.random() < 0.5 else cv2.MORPH_RECT
    edges = cv2.morphologyEx(large, cv2.MORPH_GRADIENT, cv2.getStructuringElement(reach, (3, 3)))
    drawn = cv2.resize(edges, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(np.clip(drawn * random.uniform(1, 4), 0, 255), np.uint8)


_WAYS: Final[tuple[Callable[[_Image, Generator], _Image], ...]] = (_grain, _soften, _outline)
