"""What another hand and another pen would have made of the same ink."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_HEIGHT_PX: Final = 72
"""Longer side of the ink while it is changed."""


def rewrite(ink: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Turn, slant, stretch and bend the ink, and draw it with a pen of another width.

    Args:
        ink: uint8 (height, width), any size, 255 = ink.
        random: Draws how.

    Returns:
        uint8 of another shape, with paper around the ink.
    """
    scale = _HEIGHT_PX / max(ink.shape)
    flags = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    size = (max(4, round(ink.shape[1] * scale)), max(4, round(ink.shape[0] * scale)))
    ink = np.asarray(cv2.resize(ink, size, interpolation=flags), np.uint8)
    return _repen(_bend(ink, random), random)


def _bend(ink: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """An affine map plus two smooth random displacements: a slow one of shape, a fast one of a shaky hand."""
    height, width = ink.shape
    pad = 30
    matrix = _affine(random)
    center = np.array([width / 2, height / 2], np.float32)
    out_height, out_width = height + 2 * pad, width + 2 * pad
    y, x = np.indices((out_height, out_width), dtype=np.float32)
    x, y = x - out_width / 2, y - out_height / 2
    slow = _displacement((out_height, out_width), 4, random.uniform(0, 3.2), random)
    shaky = random.uniform(0, 1.0) if random.random() < 0.3 else 0.0
    fast = _displacement((out_height, out_width), 14, shaky, random)
    source_x = matrix[0, 0] * x + matrix[0, 1] * y + center[0] + slow[0] + fast[0]
    source_y = matrix[1, 0] * x + matrix[1, 1] * y + center[1] + slow[1] + fast[1]
    return np.asarray(cv2.remap(ink, source_x, source_y, cv2.INTER_LINEAR), np.uint8)


def _affine(random: Generator) -> NDArray[np.float32]:
    angle = np.deg2rad(random.normal(0, 6))
    slant = random.normal(0, 0.12)
    wide, high = np.exp(random.normal(0, 0.12, 2))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(turn @ np.array([[1, slant], [0, 1]]) @ np.diag([wide, high]), np.float32)


def _displacement(
    shape: tuple[int, int], cells: int, amount_px: float, random: Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """A smooth field of moves along x and y, of so many pixels (standard deviation)."""
    grid = random.normal(0, amount_px, (2, cells, cells)).astype(np.float32)
    x, y = (cv2.resize(part, shape[::-1], interpolation=cv2.INTER_CUBIC) for part in grid)
    return np.asarray(x, np.float32), np.asarray(y, np.float32)


def _repen(ink: NDArray[np.uint8], random: Generator) -> NDArray[np.uint8]:
    """Thicken or thin the strokes, as far as thin ones survive it."""
    change_px = int(random.choice([-2, -1, 0, 0, 0, 1, 2, 3, 5, 8], p=_PEN_SHARES))
    if change_px == 0:
        return ink
    size = 2 * ((abs(change_px) + 1) // 2) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    if change_px > 0:
        return np.asarray(cv2.dilate(ink, kernel), np.uint8)
    thin = np.asarray(cv2.erode(ink, kernel), np.uint8)
    return thin if thin.sum() > 0.45 * ink.sum() else ink


_PEN_SHARES: Final = (0.1, 0.15, 0.1, 0.1, 0.1, 0.15, 0.12, 0.1, 0.05, 0.03)
