"""What spoils a digit without making another of it: noise, strokes, blots, reversed patches, outlines."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Ink = NDArray[np.uint8]


def spoil(ink: Ink, random: Generator, *, outlined: bool = True) -> Ink:
    """Spoil a digit's picture in one way, or at times in two.

    Args:
        ink: uint8 (h, w), 255 = ink, paper around the digit.
        random: Draws how.
        outlined: Whether its outline may be all that is left: that of a 1 is a 0.
    """
    ways = _WAYS if outlined else _WAYS[:-1]
    for _ in range(1 + (random.random() < 0.25)):
        ink = ways[random.integers(len(ways))](ink, random)
    return ink


def _noise(ink: Ink, random: Generator) -> Ink:
    """Grain on all of it, sharp or in clumps."""
    shape = np.array(ink.shape) // random.choice([1, 1, 2])
    grain = random.normal(0, random.uniform(10, 90), np.maximum(shape, 2)).astype(np.float32)
    flags = cv2.INTER_NEAREST if random.random() < 0.5 else cv2.INTER_LINEAR
    levels = ink + cv2.resize(grain, ink.shape[::-1], interpolation=flags)
    return np.asarray(np.clip(levels, 0, 255), np.uint8)


def _dropouts(ink: Ink, random: Generator) -> Ink:
    """Small squares of any level, as dust and dead pixels are."""
    cells = np.maximum(np.array(ink.shape) // random.integers(1, 4), 2)
    hit = (random.random(cells) < random.uniform(0.02, 0.3)).astype(np.uint8)
    level = random.integers(0, 256, cells, np.uint8)
    large = [cv2.resize(cell, ink.shape[::-1], interpolation=cv2.INTER_NEAREST) for cell in (hit, level)]
    return np.where(large[0] > 0, large[1], ink).astype(np.uint8)


def _strokes(ink: Ink, random: Generator) -> Ink:
    """One to four lines or arcs across it, of ink or of nothing, whole or broken."""
    height, width = ink.shape
    spoiled = ink.copy()
    for _ in range(random.integers(1, 5)):
        ends = random.uniform(-0.1, 1.1, (3, 2)) * (width, height)
        steps = np.linspace(0, 1, 24)[:, np.newaxis]
        path = (1 - steps) ** 2 * ends[0] + 2 * steps * (1 - steps) * ends[1] + steps**2 * ends[2]  # Bezier
        level = 255 if random.random() < 0.75 else 0
        thickness = max(1, round(random.uniform(0.02, 0.08) * max(height, width)))
        stride = int(random.integers(2, 5)) if random.random() < 0.35 else 1
        points = np.round(path).astype(np.int32)
        for start, end in zip(points[:-1:stride], points[1::stride], strict=False):
            cv2.line(spoiled, start.tolist(), end.tolist(), level, thickness)
    return spoiled


def _blots(ink: Ink, random: Generator) -> Ink:
    """Round blots of ink, and places where it was wiped away."""
    spoiled = ink.copy()
    size = max(ink.shape)
    for _ in range(random.integers(1, 7)):
        x, y = random.uniform(0, 1, 2) * ink.shape[::-1]
        level = 255 if random.random() < 0.6 else 0
        cv2.circle(spoiled, (int(x), int(y)), max(1, round(random.uniform(0.02, 0.11) * size)), level, -1)
    return spoiled


def _reverse(ink: Ink, random: Generator) -> Ink:
    """Ink and paper change places in a patch: a quadrilateral, or all on one side of a line."""
    height, width = ink.shape
    patch = np.zeros(ink.shape, np.uint8)
    if random.random() < 0.5:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * random.uniform(0.15, 0.6, 2)
        corners = corners + random.uniform(-0.1, 0.8, 2) + random.normal(0, 0.08, (4, 2))
    else:
        angle, middle = random.uniform(0, 2 * np.pi), random.uniform(0.2, 0.8, 2)
        along, across = np.array([np.cos(angle), np.sin(angle)]), np.array([-np.sin(angle), np.cos(angle)])
        depth = 3 if random.random() < 0.5 else random.uniform(0.1, 0.4)
        corners = middle + np.array(
            [-3 * along, 3 * along, 3 * along + depth * across, -3 * along + depth * across]
        )
    cv2.fillPoly(patch, [np.round(corners * (width, height)).astype(np.int32)], 1)
    return np.where(patch > 0, 255 - ink, ink).astype(np.uint8)


def _outline(ink: Ink, random: Generator) -> Ink:
    """Only the edge of each stroke, as hollow digits are drawn."""
    grown = cv2.copyMakeBorder(ink, 3, 3, 3, 3, cv2.BORDER_CONSTANT)
    for _ in range(random.integers(0, 3)):
        grown = cv2.dilate(grown, _CROSS)
    return np.asarray(cv2.morphologyEx(grown, cv2.MORPH_GRADIENT, _CROSS), np.uint8)


_CROSS: Final = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_WAYS: Final[tuple[Callable[[Ink, Generator], Ink], ...]] = (
    _noise,
    _dropouts,
    _strokes,
    _strokes,
    _blots,
    _reverse,
    _reverse,
    _outline,
)
