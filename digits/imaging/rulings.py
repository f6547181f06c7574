"""Take printed lines off the paper: rules, squares, the boxes of a form. Strokes that cross them stay."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_THICKNESS: Final = 0.04
"""A ruling is thinner than this share of the picture's side (the geometric mean of both)."""

_RUN: Final = 0.125
"""Straight runs of at least this share of it may be part of a ruling."""

_GAP: Final = 0.2
"""Gaps up to this share of the side, where a digit crosses it, do not end a ruling."""

_SPAN: Final = 0.97
"""A ruling, its ends drawn out by half a gap each, spans at least this share of the side."""

_MIN_SIDE_PX: Final = 48
"""Smaller pictures have no room for both: what is straight and long there is a stroke."""

_FAINT: Final = 12
"""Fainter runs, of 255, are left to the threshold that parts ink from paper."""

_LIGHTER: Final = 0.75
"""A single line must be at most so dark, compared with the ink, not to be taken for a digit's stroke."""


_ALIKE: Final = 1.4
"""Runs up to this many times as dark as the rulings found are rulings too, cut off by a digit or a shadow."""


def remove_rulings(darkness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Erase lines that run across the whole picture, nearly level or nearly upright.

    Where a stroke crosses a line, what is left is the stroke: it is long in the direction in which
    the line is thin.

    Args:
        darkness: Shape (height, width), 0 = paper, 255 = black.
    """
    level = _remove_level(darkness)
    return np.ascontiguousarray(_remove_level(np.ascontiguousarray(level.T)).T)


def _remove_level(darkness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = darkness.shape
    side = (height * width) ** 0.5
    thickness = max(3, round(_THICKNESS * side) | 1)
    if min(height, width) < _MIN_SIDE_PX:
        return darkness
    without = cv2.morphologyEx(darkness, cv2.MORPH_OPEN, np.ones((thickness, 1), np.uint8))
    thin = np.asarray(cv2.subtract(darkness, without) >= _FAINT, np.uint8)
    run = np.ones((1, max(3, round(_RUN * side))), np.uint8)
    runs = np.asarray(cv2.morphologyEx(thin, cv2.MORPH_OPEN, run), np.uint8)
    if not runs.any():
        return darkness
    lines = _lines(runs, thickness)
    if not lines.any():
        return darkness
    line_level = float(np.median(darkness[lines > 0]))
    are_light = line_level <= _LIGHTER * np.percentile(darkness[lines == 0], 99)
    if not are_light and not _are_several(lines):
        return darkness
    if are_light:  # what else is as light and straight is ruled too, though it does not span
        lines |= runs & (darkness <= _ALIKE * line_level)
    near = np.asarray(cv2.dilate(lines, np.ones((3, 3), np.uint8)), np.uint8)
    return np.where(near & thin, without, darkness).astype(np.uint8)


def _lines(runs: NDArray[np.uint8], thickness: int) -> NDArray[np.uint8]:
    """Of straight runs, those that together span the picture."""
    width = runs.shape[1]
    joined = cv2.dilate(runs, np.ones((3, max(3, round(_GAP * width)) | 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    spans = stats[:, cv2.CC_STAT_WIDTH] >= _SPAN * width
    flat = stats[:, cv2.CC_STAT_HEIGHT] <= 0.12 * width + thickness
    keeps = np.asarray(spans & flat, np.uint8)
    keeps[0] = 0  # the background
    return np.asarray(keeps[labels] * runs, np.uint8)


def _are_several(lines: NDArray[np.uint8]) -> bool:
    """Whether there are parallel lines, apart from each other."""
    rows = np.flatnonzero(lines.any(axis=1))
    return bool((np.diff(rows) > 0.08 * len(lines)).any())
