"""The boxes of a form: two rails, and walls from the one to the other."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.printed import SOFT_PX, THICK, Lines, Rail, find_rails

_MIN_HEIGHT_PX: Final = 8
"""Rails that are nearer to each other hold no digit that could be read."""

_MAX_SLOPE: Final = 0.15
"""Walls lean by at most so many columns a row, …"""

_SLOPES: Final = 13
"""… and as many slants are tried."""

_COVERED: Final = 0.9
"""A wall is inked over this share of the way from rail to rail, …"""

_END: Final = 0.12
"""… and of the first and the last such share of it, …"""

_MET: Final = 0.75
"""… over this share: it meets the rails."""

_CORE: Final = 0.8
"""Columns with at least this share of the ink of a wall's blackest are its thickness."""

_SPAN: Final = 0.7
"""The outer walls are this share of the component's width apart, or more."""

_ALIKE: Final = 0.05
"""What leans otherwise than most walls by more than so many columns a row, …"""

_BETWEEN: Final = 0.6
"""… and stands nearer to one than this share of a box's width, is a digit's stroke."""

_OVERSHOT: Final = 0.12
"""Walls may end past their rails, by this share of a box's height."""


@dataclass(frozen=True, slots=True)
class _Wall:
    """An upright line: its column half way from rail to rail, columns a row by which it leans, thickness."""

    column: float
    slope: float
    thickness: float

    def area(self, above: Rail, below: Rail, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Where it lies on a component of this shape."""
        rows, columns = np.arange(shape[0])[:, np.newaxis], np.arange(shape[1])
        top, bottom = above.rows[round(self.column)], below.rows[round(self.column)]
        past = _OVERSHOT * (bottom - top)
        middle = self.column + self.slope * (rows - (top + bottom) / 2)
        near = np.abs(columns - middle) <= self.thickness / 2 + SOFT_PX
        return np.asarray(near & (rows >= top - past) & (rows <= bottom + past), np.bool_)


def find_boxes(mask: NDArray[np.uint8]) -> Lines | None:
    """The lines of a component of ink that is a frame, a row of boxes or a table; digits may touch them.

    Args:
        mask: Shape (height, width), 1 = ink.
    """
    rails = find_rails(mask)
    rows = [(*pair, _walls(mask, *pair)) for pair in pairwise(rails)]
    rows = [row for row in rows if row[2]]
    if not rows and len(rails) > 2:  # a stroke looks like a rail
        rows = [(rails[0], rails[-1], _walls(mask, rails[0], rails[-1]))]
    count = max((len(walls) for *_, walls in rows), default=0)
    if not count:
        return None
    level, upright = np.zeros(mask.shape, np.bool_), np.zeros(mask.shape, np.bool_)
    for above, below, walls in rows:
        level |= above.area(len(mask)) | below.area(len(mask))
        for wall in walls:
            upright |= wall.area(above, below, mask.shape)
    return Lines(level, upright, count)


def _walls(mask: NDArray[np.uint8], above: Rail, below: Rail) -> list[_Wall]:
    """Upright lines from rail to rail, from the left, if there is one at either end; none otherwise."""
    start, end = above.rows + above.thickness / 2 + 1, below.rows - below.thickness / 2 - 1
    height = int(np.median(end - start))
    if height < _MIN_HEIGHT_PX:
        return []
    slopes = np.linspace(-_MAX_SLOPE, _MAX_SLOPE, _SLOPES)
    strips = [_strip(mask, start, end, slope * height) for slope in slopes]
    covered, inked = np.stack([each[0] for each in strips]), np.stack([each[1] for each in strips])
    walls = []
    for columns in _runs(np.flatnonzero(covered.max(axis=0) >= _COVERED)):
        best = int(covered[:, columns].sum(axis=1).argmax())
        ink = inked[best, columns]
        cores = _runs(columns[ink >= _CORE * ink.max()])
        thin = (core for core in cores if len(core) <= max(3, THICK * height))
        walls += [_Wall(float(core.mean()), float(slopes[best]), len(core)) for core in thin]
    walls = _without_strokes(walls)
    return walls if walls and walls[-1].column - walls[0].column >= _SPAN * mask.shape[1] else []


def _strip(
    mask: NDArray[np.uint8], start: NDArray[np.float64], end: NDArray[np.float64], lean_px: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shares of ink on the way from rail to rail, from each column: a pixel off it at most, and right on it.

    The first is 0 where that way does not meet the rails.
    """
    height, width = mask.shape
    count = int(np.median(end - start))
    way = np.linspace(0, 1, count)[:, np.newaxis]
    columns = np.clip(np.rint(np.arange(width) + lean_px * (way - 0.5)), 0, width - 1).astype(int)
    rows = np.clip(np.rint(start[columns] + way * (end - start)[columns]), 0, height - 1).astype(int)
    near = cv2.dilate(mask, np.ones((1, 3), np.uint8))[rows, columns]
    ends = max(2, round(_END * count))
    met = np.minimum(near[:ends].mean(axis=0), near[-ends:].mean(axis=0)) >= _MET
    return near.mean(axis=0) * met, mask[rows, columns].mean(axis=0)


def _runs(columns: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Neighboring columns put together."""
    return np.split(columns, np.flatnonzero(np.diff(columns) > 1) + 1) if len(columns) else []


def _without_strokes(walls: list[_Wall]) -> list[_Wall]:
    """Those that lean as most do, and of the others those that stand where a wall may."""
    usual = np.median([wall.slope for wall in walls]) if walls else 0.0
    alike = [wall for wall in walls if abs(wall.slope - usual) <= _ALIKE]
    if len(alike) < 2:
        return alike
    apart = _BETWEEN * np.percentile(np.diff([wall.column for wall in walls]), 75)
    columns = np.array([wall.column for wall in alike])
    return [wall for wall in walls if wall in alike or np.abs(columns - wall.column).min() >= apart]
