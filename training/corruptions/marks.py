"""What lies over the digit: stripes, mud, a dotted line, a zigzag."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImages
from training.corruptions.levels import to_levels

_STRIPE_PX: Final = 7
_MUD_LEVEL: Final = 63
_MUD_MEAN, _MUD_SPREAD, _MUD_THRESHOLD, _MUD_BLUR_PX = 0.65, 0.3, 0.65, 1.5
_MUD_SOLID: Final = 0.8
"""Thinner mud is washed away."""

_LINE_REACH_PX: Final = 2.3
"""How far above and below a line its ink fades to nothing."""

_DOT_PX: Final = 2
_ZIGZAG_PX: Final = 2.0
"""Half a tooth's length, and its height to either side."""

_ZIGZAG_COLUMNS: Final = (2, 25)
_ZIGZAG_RISE_PX: Final = 5
_PIXELS: Final = np.arange(SIDE, dtype=np.float32)


def stripe(images: DigitImages, _: Generator) -> DigitImages:
    """Invert the left and the right quarter."""
    striped = images.copy()
    for side in (slice(None, _STRIPE_PX), slice(SIDE - _STRIPE_PX, None)):
        striped[:, :, side] = 255 - images[:, :, side]
    return striped


def spatter(images: DigitImages, random: Generator) -> DigitImages:
    """Throw mud at the image: spots of dark gray that cover what is below them."""
    wet = random.normal(_MUD_MEAN, _MUD_SPREAD, images.shape).astype(np.float32)
    spattered = np.empty(images.shape)
    for image, layer, target in zip(images, wet, spattered, strict=True):
        spots = (cv2.GaussianBlur(layer, (0, 0), 1.0) > _MUD_THRESHOLD).astype(np.float32)
        mud = cv2.GaussianBlur(spots, (0, 0), _MUD_BLUR_PX)
        mud[mud < _MUD_SOLID] = 0
        target[:] = image * (1 - mud) + _MUD_LEVEL * mud
    return to_levels(spattered)


def dotted_line(images: DigitImages, random: Generator) -> DigitImages:
    """Draw a dotted line from the left edge to the right."""
    left, right = random.integers(0, SIDE - 1, (2, len(images))).astype(np.float32)
    edges = np.zeros_like(left), np.full_like(left, SIDE - 1)
    line = _lines(edges[0], left, edges[1], right)
    line[:, :, (_PIXELS // _DOT_PX) % 2 == 0] = 0
    return to_levels(images + 255 * line)


def zigzag(images: DigitImages, random: Generator) -> DigitImages:
    """Draw a zigzag from left to right, up to 12 degrees from level."""
    first, last = _ZIGZAG_COLUMNS
    top = random.integers(0, SIDE - 1, len(images)).astype(np.float32)
    rise = random.integers(-_ZIGZAG_RISE_PX, _ZIGZAG_RISE_PX, len(images))
    angle = np.arctan(rise / (last - first)).astype(np.float32)
    length = (last - first) / np.cos(angle)
    teeth = int((last - first) // (2 * _ZIGZAG_PX)) + 1
    along = [
        np.zeros_like(length),
        *(np.full_like(length, (2 * i + 1) * _ZIGZAG_PX) for i in range(teeth)),
        length,
    ]
    across = [0.0, *(_ZIGZAG_PX * (-1) ** i for i in range(teeth)), 0.0]
    columns = [first + x * np.cos(angle) - y * np.sin(angle) for x, y in zip(along, across, strict=True)]
    rows = [top + x * np.sin(angle) + y * np.cos(angle) for x, y in zip(along, across, strict=True)]
    drawn = images.astype(np.float32)
    for i in range(len(rows) - 1):
        drawn = np.minimum(drawn + 255 * _lines(columns[i], rows[i], columns[i + 1], rows[i + 1]), 255)
    return to_levels(drawn)


def _lines(
    left: NDArray[np.float32],
    start: NDArray[np.float32],
    right: NDArray[np.float32],
    end: NDArray[np.float32],
) -> NDArray[np.float32]:
    """A line in each image, shape (n, 28, 28), 0-1, from column `left` and row `start` on."""
    slope = ((end - start) / (right - left))[:, np.newaxis]
    height = start[:, np.newaxis] + slope * (_PIXELS - left[:, np.newaxis])  # (n, columns)
    distance = np.abs(_PIXELS[:, np.newaxis] - height[:, np.newaxis, :])  # (n, rows, columns)
    ink = np.clip(1 + np.log1p(-np.minimum(distance / _LINE_REACH_PX, 0.999)), 0, 1)
    within = (np.floor(left)[:, np.newaxis] <= _PIXELS) & (np.ceil(right)[:, np.newaxis] > _PIXELS)
    return np.asarray(ink * within[:, np.newaxis, :], np.float32)
