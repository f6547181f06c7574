"""Digits that something happened to: written over, smudged, veiled, printed as an outline."""

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

_SUBPIXEL_BITS: Final = 4
"""Of OpenCV's fixed-point coordinates."""


def spoil() -> Augmentation:
    """Spoil every digit image, each in one way or two, never so that none is left.

    The ways are broad on purpose, so that a network learns to look past what is not the digit. None is
    one of the corruptions of `training.corruptions`, which measure just that.
    """

    def apply(images: Batch, random: Generator) -> Batch:
        changed = images.copy()
        for index in range(len(images)):
            ways = random.choice(len(_WAYS), size=2 if random.random() < _TWICE_SHARE else 1, replace=False)
            for way in ways:
                changed[index] = _WAYS[way](changed[index], random)
        return changed

    return apply


def _write_over(image: _Image, random: Generator) -> _Image:
    """One to three curves or crooked lines across, of any gray."""
    written = image.copy()
    for _ in range(random.integers(1, 4)):
        corners = random.uniform(-4, SIDE + 4, (random.integers(2, 7), 2))
        if len(corners) == 3:  # a smooth curve, by de Casteljau
            t = np.linspace(0, 1, 12)[:, np.newaxis]
            corners = (1 - t) ** 2 * corners[0] + 2 * t * (1 - t) * corners[1] + t**2 * corners[2]
        elif len(corners) > 3:  # a scribble in a narrower place
            corners = corners.mean(axis=0) + (corners - corners.mean(axis=0)) * random.uniform(0.3, 1, 2)
        _draw(written, corners, level=int(random.integers(90, 256)), random=random)
    return written


def _scratch(image: _Image, random: Generator) -> _Image:
    """One to three thin lines of paper across the ink."""
    scratched = 255 - image
    for _ in range(random.integers(1, 4)):
        _draw(scratched, random.uniform(0, SIDE, (2, 2)), level=255, random=random)
    return 255 - scratched


def _draw(image: _Image, corners: NDArray[np.float64], *, level: int, random: Generator) -> None:
    """Draw over the image what is darker than it."""
    over = np.zeros_like(image)
    points = np.round(corners * 2**_SUBPIXEL_BITS).astype(np.int32)
    thickness = int(random.choice([1, 1, 2]))
    cv2.polylines(over, [points], False, level, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    np.maximum(image, over, out=image)


def _invert_part(image: _Image, random: Generator) -> _Image:
    """A part, cut off by a line at any angle or a box anywhere, has its levels inverted."""
    inverted = image.copy()
    rows, columns = np.mgrid[:SIDE, :SIDE] - (SIDE - 1) / 2
    if random.random() < 0.6:
        angle = random.uniform(0, 2 * np.pi)
        within = rows * np.sin(angle) + columns * np.cos(angle) > random.uniform(0, 10)
        if random.random() < 0.5:
            within |= rows * np.sin(angle) + columns * np.cos(angle) < -random.uniform(4, 12)
    else:
        center, half = random.uniform(-12, 12, 2), random.uniform(2, 9, 2)
        within = (np.abs(rows - center[0]) < half[0]) & (np.abs(columns - center[1]) < half[1])
    inverted[within] = 255 - inverted[within]
    return inverted


def _cover(image: _Image, random: Generator) -> _Image:
    """Up to four small patches of any gray lie on it."""
    covered = image.copy()
    for _ in range(random.integers(1, 5)):
        height, width = random.integers(2, 8, 2)
        top, left = random.integers(0, SIDE - 4, 2)
        covered[top : top + height, left : left + width] = random.integers(0, 256)
    return covered


def _veil(image: _Image, random: Generator) -> _Image:
    """Light that changes slowly over the image is added, and contrast taken away."""
    nodes = int(random.integers(1, 7))
    field = random.random((nodes, nodes), dtype=np.float32)
    light = cv2.resize(field, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    left = random.uniform(0.3, 1)
    added = random.uniform(0, 1) * 255 * light
    return np.asarray(np.clip(image * left + added, 0, 255), np.uint8)


def _grain(image: _Image, random: Generator) -> _Image:
    """Gaussian noise, in grains of one pixel or some."""
    side = int(random.choice([SIDE, SIDE, SIDE, 14, 9]))
    grains = random.normal(0, random.uniform(0.05, 0.5) * 255, (side, side)).astype(np.float32)
    noise = cv2.resize(grains, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(image + noise, 0, 255), np.uint8)


def _blot(image: _Image, random: Generator) -> _Image:
    """Blots of soft edge and any gray, as of wet ink or a dirty lens."""
    side = int(random.integers(5, 15))
    field = cv2.resize(
        random.normal(size=(side, side)).astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_CUBIC
    )
    cover = np.clip((field - random.uniform(0.5, 1.2)) * random.uniform(1, 6), 0, 1)
    return np.asarray(image * (1 - cover) + random.uniform(0, 255) * cover, np.uint8)


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
