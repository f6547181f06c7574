"""Photos of a sheet with a digit on it, drawn in code: on a table darker than paper, or in a dark frame."""

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImage

Gray = NDArray[np.uint8]
Levels = NDArray[np.float32]

_SIDE: Final = 400
"""Pixels of the sheet before it is laid down."""


def on_table(digit: DigitImage, random: Generator) -> Gray:
    """A sheet that lies askew, seen at a slant, on a table of some grain, perhaps with a shadow."""
    height, width = _size(random)
    table = _clouds(height, width, random) * random.uniform(2, 12) + random.uniform(20, 110)
    aspect = random.uniform(0.75, 1.3)
    half = np.array([min(width, height * aspect), min(height, width / aspect)]) * random.uniform(0.31, 0.45)
    angle = random.uniform(-0.25, 0.25)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half @ turn.T
    corners += np.array([width, height]) * random.uniform(0.44, 0.56, 2)
    corners += random.uniform(-0.03, 0.03, (4, 2)) * min(width, height)
    return _lay(_sheet(digit, random), corners, table, random)


def in_frame(digit: DigitImage, random: Generator) -> Gray:
    """A sheet that fills the picture but for a dark edge."""
    height, width = _size(random)
    edge = int(min(width, height) * random.uniform(0.015, 0.06))
    left, right, bottom = edge, width - edge, height - edge
    corners = np.array([[left, edge], [right, edge], [right, bottom], [left, bottom]], np.float64)
    return _lay(_sheet(digit, random), corners, np.full((height, width), random.uniform(0, 60)), random)


AROUND: Final[Mapping[str, Callable[[DigitImage, Generator], Gray]]] = {"table": on_table, "frame": in_frame}
"""What may lie around a sheet."""


def _size(random: Generator) -> tuple[int, int]:
    height, width = (int(side) for side in random.integers(300, 900, 2))
    return (height, width) if max(height, width) < 1.6 * min(height, width) else (height, height)


def _clouds(height: int, width: int, random: Generator) -> Levels:
    """Noise of five scales, of standard deviation 1."""
    sizes = [(2**level, np.float32(2.0 ** (-0.7 * level))) for level in range(1, 6)]
    layers = [
        cv2.resize(
            random.standard_normal((n, n), np.float32) * share, (width, height), interpolation=cv2.INTER_CUBIC
        )
        for n, share in sizes
    ]
    noise = np.sum(layers, axis=0)
    return np.asarray(noise / noise.std(), np.float32)


def _sheet(digit: DigitImage, random: Generator) -> Levels:
    """Paper, perhaps shaded, with the digit somewhere near its middle, in ink of any strength and width."""
    paper = random.uniform(170, 245) + random.normal(0, 2, (_SIDE, _SIDE))
    if random.random() < 0.5:
        paper *= np.linspace(1, random.uniform(0.75, 1), _SIDE)
    size = int(_SIDE * random.uniform(0.35, 0.75))
    ink = cv2.resize(digit, (size, size), interpolation=cv2.INTER_CUBIC).astype(np.float32) / 255
    if random.random() < 0.5:  # a thin pen
        ink = np.minimum(cv2.erode(ink, np.ones((int(size * 0.05) | 1,) * 2)) * 1.2, 1)
    left, top = np.clip((_SIDE - size) // 2 + random.integers(-20, 21, 2), 5, _SIDE - size - 5)
    paper[top : top + size, left : left + size] *= 1 - ink * random.uniform(0.6, 0.95)
    return np.asarray(paper, np.float32)


def _lay(
    sheet: Levels, corners: NDArray[np.float64], ground: NDArray[np.floating], random: Generator
) -> Gray:
    """A photo of a sheet whose corners come to lie on these, from the upper left on: x and y, in pixels."""
    size = (ground.shape[1], ground.shape[0])
    own = np.array([[0, 0], [_SIDE, 0], [_SIDE, _SIDE], [0, _SIDE]], np.float32)
    turn = cv2.getPerspectiveTransform(own, corners.astype(np.float32))
    laid = cv2.warpPerspective(sheet, turn, size)
    cover = cv2.warpPerspective(np.ones_like(sheet), turn, size)
    if random.random() < 0.5:
        ground = ground * (1 - 0.5 * cv2.GaussianBlur(np.roll(cover, (6, 6), (0, 1)), (0, 0), 6))
    picture = cv2.GaussianBlur(ground * (1 - cover) + laid * cover, (0, 0), random.uniform(0.3, 1.5))
    return np.asarray(np.clip(picture + random.normal(0, 3, picture.shape), 0, 255), np.uint8)
