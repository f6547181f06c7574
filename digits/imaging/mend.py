"""Erase lines from ink, and mend the strokes that cross them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.printed import Lines

_DARKER: Final = 1.35
"""What is so many times as dark as a line, and wider, lies over it and stays."""

_ANGLES_DEG: Final = (-60, -40, -20, 0, 20, 40, 60)
"""Directions, from a line's normal, in which a stroke goes on beyond it."""

_REACH_PX: Final = 3
"""How far into the ink on either side a stroke is looked for, together."""


def erase(darkness: NDArray[np.uint8], solid: NDArray[np.bool_], lines: Lines) -> NDArray[np.uint8]:
    """Darkness without lines; it is nowhere darker than before.

    A stroke is mended by closing: what has ink on both sides of a line, in one of a few directions,
    was inked all the way, as far as it was dark.

    Args:
        darkness: Shape (height, width), 0 = paper, 255 = black.
        solid: Same shape: ink, that of the lines included.
        lines: To erase.
    """
    where = lines.level | lines.upright
    level = float(np.median(darkness[where & solid]))
    levels, uprights = _thickness(lines.level.T), _thickness(lines.upright)
    side = min(levels, uprights)
    wide = cv2.morphologyEx(darkness, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    erased = np.where(where & (wide <= _DARKER * level), 0, darkness).astype(np.uint8)
    mended = erased
    for along, thickness, normal_deg in ((lines.level, levels, 90), (lines.upright, uprights, 0)):
        margin = thickness + _REACH_PX
        padded = cv2.copyMakeBorder(erased, *(margin,) * 4, cv2.BORDER_CONSTANT, value=0)
        for angle in _ANGLES_DEG:
            closed = cv2.morphologyEx(padded, cv2.MORPH_CLOSE, _stick(margin, normal_deg + angle))
            inked = np.minimum(closed[margin:-margin, margin:-margin], darkness)
            mended = np.where(along, np.maximum(mended, inked), mended)
    return np.asarray(mended, np.uint8)


def _thickness(upright: NDArray[np.bool_]) -> int:
    """Of upright lines, in pixels."""
    edges = np.diff(np.pad(upright, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    widths = np.nonzero(edges == -1)[1] - np.nonzero(edges == 1)[1]
    return int(np.median(widths)) if len(widths) else 1


def _stick(length: int, angle_deg: float) -> NDArray[np.uint8]:
    """A line through the middle of a square, as many columns or rows long."""
    across, down = np.cos(np.deg2rad(angle_deg)), np.sin(np.deg2rad(angle_deg))
    reach = length / 2 / max(abs(across), abs(down))
    middle = int(np.ceil(reach))
    x, y = round(reach * across), round(reach * down)
    stick = np.zeros((2 * middle + 1, 2 * middle + 1), np.uint8)
    return np.asarray(cv2.line(stick, (middle - x, middle - y), (middle + x, middle + y), 1), np.uint8)
