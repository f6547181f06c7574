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
"""Gaps up to this share of a ruling's length, where a digit crosses it, do not end it, …"""

_COVERED: Final = 0.5
"""… if at least this share of the length is there: the tops of several sevens are no ruling."""

_SPAN: Final = 0.97
"""A ruling, its ends drawn out by half a gap each, spans at least this share of the side."""

_MIN_SIDE_PX: Final = 48
"""Smaller pictures have no room for both: what is straight and long there is a stroke."""

_FAINT: Final = 12
"""Fainter runs, of 255, are left to the threshold that parts ink from paper."""

_LIGHTER: Final = 0.75
"""A single line must be at most so dark, compared with the ink, not to be taken for a digit's stroke."""

_MAYBE_COVERED: Final = 0.4
"""The same for the sample of columns by which most pictures are found to have no ruling."""

_MIN_DIVIDERS: Final = 3
"""Fewer lines that only lead from ruling to ruling are taken for strokes, such as a 1 between two rules."""

_ALIKE: Final = 1.4
"""Runs up to this many times as dark as the rulings found are rulings too, cut off by a digit or a shadow."""

_DARKER: Final = 2.0
"""What is more than this many times as dark as light rulings, or nearer to the ink's level than to theirs, is
a stroke on them, however thin."""


def remove_rulings(darkness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Erase lines that run across the whole picture, nearly level or nearly upright.

    Upright lines that lead from one level line to another go too: they part the boxes of a form.
    Where a stroke crosses a line, what is left is the stroke: it is long in the direction in which
    the line is thin, or much darker than light lines are.

    Args:
        darkness: Shape (height, width), 0 = paper, 255 = black.
    """
    if min(darkness.shape) < _MIN_SIDE_PX or not (_may_be_ruled(darkness) or _may_be_ruled(darkness.T)):
        return darkness
    without, level = _remove_level(darkness, None)
    rails = None if level is None else np.ascontiguousarray(level.T)
    return np.ascontiguousarray(_remove_level(np.ascontiguousarray(without.T), rails)[0].T)


def _may_be_ruled(darkness: NDArray[np.uint8]) -> bool:
    """Whether enough columns cross anything thin, judged by every tenth: most pictures need no more."""
    columns = np.ascontiguousarray(darkness[:, :: max(1, darkness.shape[1] // 16)])
    without = cv2.morphologyEx(columns, cv2.MORPH_OPEN, np.ones((_thickness(darkness), 1), np.uint8))
    crossed = cv2.reduce(cv2.subtract(columns, without), 0, cv2.REDUCE_MAX) >= _FAINT
    return bool(np.count_nonzero(crossed) >= _MAYBE_COVERED * columns.shape[1])


def _thickness(darkness: NDArray[np.uint8]) -> int:
    return max(3, round(_THICKNESS * float(darkness.size**0.5)) | 1)


def _remove_level(
    darkness: NDArray[np.uint8], rails: NDArray[np.int32] | None
) -> tuple[NDArray[np.uint8], NDArray[np.int32] | None]:
    """What is left without level lines, and their labels.

    Args:
        darkness: See `remove_rulings`.
        rails: Labels of upright lines found before; 0 where there is none.
    """
    thickness = _thickness(darkness)
    without = cv2.morphologyEx(darkness, cv2.MORPH_OPEN, np.ones((thickness, 1), np.uint8))
    thin = np.asarray(cv2.subtract(darkness, without) >= _FAINT, np.uint8)
    run = np.ones((1, max(3, round(_RUN * darkness.size**0.5))), np.uint8)
    runs = np.asarray(cv2.morphologyEx(thin, cv2.MORPH_OPEN, run), np.uint8)
    if not runs.any():
        return darkness, None
    labels, spans = _lines(runs, thickness, rails)
    lines = np.asarray(labels > 0, np.uint8)
    if not lines.any():
        return darkness, None
    line_level = float(np.median(darkness[lines > 0]))
    are_light = line_level <= _LIGHTER * np.percentile(darkness[lines == 0], 99)
    if not are_light and not _are_several(lines):
        return darkness, None
    if are_light and spans:  # what else is as light and straight is ruled too, though it does not span
        lines |= runs & (darkness <= _ALIKE * line_level)
    whole = cv2.morphologyEx(lines, cv2.MORPH_CLOSE, np.ones((1, _gap(darkness)), np.uint8))
    near = np.asarray(cv2.dilate(whole, np.ones((3, 3), np.uint8)), np.uint8)
    erased = near & thin
    ink = darkness[(near == 0) & (darkness >= _FAINT)]
    ink_level = float(np.percentile(ink, 75)) if ink.size else 0.0
    if line_level <= _LIGHTER * ink_level:
        erased &= darkness <= min(_DARKER * line_level, (line_level + ink_level) / 2)
    return np.where(erased, without, darkness).astype(np.uint8), labels


def _lines(
    runs: NDArray[np.uint8], thickness: int, rails: NDArray[np.int32] | None
) -> tuple[NDArray[np.int32], bool]:
    """Of straight runs, those that together span the picture or lead from rail to rail, labeled by line.

    Also whether any spans the picture.
    """
    width = runs.shape[1]
    joined = cv2.dilate(runs, np.ones((3, _gap(runs)), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    flat = stats[:, cv2.CC_STAT_HEIGHT] <= 0.12 * width + thickness
    flat[0] = False  # the background
    keeps = spans = flat & (stats[:, cv2.CC_STAT_WIDTH] >= _SPAN * width)
    if spans.any():
        spans &= _covered(np.asarray(labels * runs, np.int32), count) >= _COVERED * width
    if rails is not None:
        led = flat & (_rails_met(np.asarray(labels * runs, np.int32), rails, count, thickness) >= 2)
        keeps = spans | led if led.sum() >= _MIN_DIVIDERS else spans
    return np.asarray(keeps[labels] * labels * runs, np.int32), bool(spans.any())


def _gap(picture: NDArray[np.uint8]) -> int:
    return int(max(3, round(_GAP * picture.shape[1]))) | 1


def _covered(labels: NDArray[np.int32], count: int) -> NDArray[np.int64]:
    """In how many columns each line is visible."""
    rows, columns = np.nonzero(labels)
    pairs = np.unique(labels[rows, columns].astype(np.int64) * labels.shape[1] + columns)
    return np.bincount(pairs // labels.shape[1], minlength=count)


def _rails_met(
    labels: NDArray[np.int32], rails: NDArray[np.int32], count: int, thickness: int
) -> NDArray[np.int64]:
    """How many rails each line meets, up to half a line's thickness away."""
    near = cv2.dilate(rails.astype(np.float32), np.ones((3, thickness), np.uint8)).astype(np.int32)
    met = np.unique(np.stack([labels[near > 0], near[near > 0]]), axis=1)
    return np.bincount(met[0], minlength=count)


def _are_several(lines: NDArray[np.uint8]) -> bool:
    """Whether there are parallel lines, apart from each other."""
    rows = np.flatnonzero(lines.any(axis=1))
    return bool((np.diff(rows) > 0.08 * len(lines)).any())
