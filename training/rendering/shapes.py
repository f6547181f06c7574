"""Drawn shapes that are no digit. No circle: that is a 0."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

SIDE_PX: Final = 128
_MIDDLE: Final = SIDE_PX // 2

Ink = NDArray[np.uint8]


def shape(random: Generator) -> Ink:
    """A polygon, star, blob, heap of dots or lines, arrow or face: uint8 (SIDE_PX, SIDE_PX), 255 = ink."""
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    _SHAPES[random.integers(len(_SHAPES))](ink, int(random.integers(2, 10)), random)
    return ink


def scribble(random: Generator) -> Ink:
    """A pen that wanders, or goes to and fro: a smooth curve through more points than any digit needs."""
    count = int(random.integers(7, 26))
    x, y = random.uniform(8, SIDE_PX - 8, (2, count))
    if random.random() < 0.5:
        x = np.sort(x)
        y = np.where(np.arange(count) % 2, random.uniform(4, 50, count), random.uniform(70, 124, count))
    steps = np.linspace(0, count - 1, 14 * count)
    path = np.stack([_smooth(np.interp(steps, np.arange(count), axis)) for axis in (x, y)], axis=-1)
    ink = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    cv2.polylines(ink, [np.round(path).astype(np.int32)], False, 255, int(random.integers(2, 9)), cv2.LINE_AA)
    return ink


def _polygon(ink: Ink, pen_px: int, random: Generator) -> None:
    """Three to six corners; of five, often a star; at times filled, at times crooked."""
    corners = int(random.integers(3, 7))
    angles = np.linspace(0, 2 * np.pi, corners, endpoint=False) + random.uniform(0, 2 * np.pi)
    if random.random() < 0.3:
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
    if corners == 5 and random.random() < 0.6:
        angles = angles[[0, 2, 4, 1, 3]]
    points = _around(angles, np.full(corners, 50.0))
    if random.random() < 0.3:
        cv2.fillPoly(ink, [points], 255)
    else:
        cv2.polylines(ink, [points], True, 255, pen_px, cv2.LINE_AA)


def _blob(ink: Ink, _: int, random: Generator) -> None:
    angles = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    cv2.fillPoly(ink, [_around(angles, random.uniform(20, 55, 12))], 255)


def _dots(ink: Ink, _: int, random: Generator) -> None:
    for x, y, radius in random.integers((8, 8, 3), (120, 120, 9), (random.integers(4, 20), 3)).tolist():
        cv2.circle(ink, (x, y), radius, 255, -1)


def _lines(ink: Ink, pen_px: int, random: Generator) -> None:
    for start_x, start_y, end_x, end_y in random.integers(4, 124, (random.integers(3, 8), 4)).tolist():
        cv2.line(ink, (start_x, start_y), (end_x, end_y), 255, pen_px, cv2.LINE_AA)


def _arrow(ink: Ink, pen_px: int, random: Generator) -> None:
    angle = random.uniform(0, 2 * np.pi)
    start, end = _around(np.array([angle, angle + np.pi]), np.full(2, random.uniform(30, 56))).tolist()
    cv2.arrowedLine(ink, start, end, 255, pen_px, cv2.LINE_AA, tipLength=random.uniform(0.25, 0.5))


def _face(ink: Ink, pen_px: int, random: Generator) -> None:
    """Two eyes and a mouth, at times in a circle."""
    if random.random() < 0.6:
        cv2.circle(ink, (_MIDDLE, _MIDDLE), 54, 255, pen_px, cv2.LINE_AA)
    mouth = (20, 160) if random.random() < 0.7 else (200, 340)
    cv2.ellipse(ink, (_MIDDLE, _MIDDLE + 5), (28, 26), 0, *mouth, 255, pen_px, cv2.LINE_AA)
    for x in (_MIDDLE - 18, _MIDDLE + 18):
        cv2.circle(ink, (x, _MIDDLE - 14), pen_px // 2 + 2, 255, -1)


def _around(angles: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.int32]:
    """Points about the middle, shape (n, 2)."""
    points = _MIDDLE + radii[:, np.newaxis] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    return np.asarray(np.round(points), np.int32)


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    window = np.hanning(23)
    return np.convolve(np.pad(values, 11, mode="edge"), window / window.sum(), mode="valid")


_SHAPES: Final[tuple[Callable[[Ink, int, Generator], None], ...]] = (
    _polygon,
    _polygon,
    _blob,
    _dots,
    _lines,
    _arrow,
    _face,
)
