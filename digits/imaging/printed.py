"""Level lines printed on paper, rails of boxes and combs, found in a component of ink."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_RUN: Final = 0.4
"""A rail is made of level runs of at least this share of the component's shorter side, …"""

_MIN_RUN_PX: Final = 9

_SPAN: Final = 0.7
"""… which together reach over this share of its width."""

THICK: Final = 0.2
"""No line is thicker than this share of a box's height."""

_COVERED: Final = 0.93
"""A rail is inked over this share of its length; the level strokes of several digits are not."""

_BENT: Final = 0.015
"""It bends, as paper does, by at most this share of its length, …"""

_BENT_PX: Final = 1.0
"""… or by so many pixels."""

_USUAL: Final = 20
"""Percentile of a rail's thickness that is its own: over most of its length strokes may touch it."""

_SAME: Final = 0.34
"""Where it is not thicker or thinner by more than this share, or a pixel, none does."""

SOFT_PX: Final = 1.5
"""Pixels on either side of a line that are its soft edge."""


@dataclass(frozen=True, slots=True, eq=False)
class Rail:
    """A level line.

    Attributes:
        rows: Its middle in each column of the component, in pixels.
        thickness: In pixels.
        even: Over which share of its length it is so thick, 0-1.
    """

    rows: NDArray[np.float64]
    thickness: float
    even: float

    def area(self, height: int) -> NDArray[np.bool_]:
        """Where it lies; shape (height, width)."""
        rows = np.arange(height)[:, np.newaxis]
        return np.asarray(np.abs(rows - self.rows) <= self.thickness / 2 + SOFT_PX, np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The lines of a box or a comb; shapes as the component's.

    Attributes:
        level: Where its rails lie.
        upright: Where its walls or teeth lie.
        count: Of its walls or teeth.
    """

    level: NDArray[np.bool_]
    upright: NDArray[np.bool_]
    count: int


def find_rails(mask: NDArray[np.uint8]) -> list[Rail]:
    """Level lines that reach over a component's whole width, from the top.

    They may lean by a few degrees, and bend as paper does.

    Args:
        mask: Shape (height, width), 1 = ink.
    """
    height, width = mask.shape
    run = np.ones((1, max(_MIN_RUN_PX, round(_RUN * min(height, width)))), np.uint8)
    taller = cv2.dilate(mask, np.ones((3, 1), np.uint8))  # a line that leans goes from row to row
    runs = np.asarray(np.minimum(cv2.morphologyEx(taller, cv2.MORPH_OPEN, run), mask), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(runs, cv2.MORPH_CLOSE, run))
    found = [i for i in range(1, len(stats)) if stats[i, cv2.CC_STAT_WIDTH] >= _SPAN * width]
    lines = (_rail(np.asarray((labels == i) & (runs > 0), np.bool_)) for i in found)
    rails = [line for line in lines if line is not None and line.thickness <= THICK * height]
    rails.sort(key=lambda rail: float(rail.rows.mean()))
    return [rail for rail in rails if rail in (rails[0], rails[-1]) or _is_parallel(rail, rails, runs)]


def _rail(runs: NDArray[np.bool_]) -> Rail | None:
    """The line that runs make, if they make one."""
    height, width = runs.shape
    columns = np.flatnonzero(runs.any(axis=0))
    first, count = runs[:, columns].argmax(axis=0), runs[:, columns].sum(axis=0)
    thickness = float(np.percentile(count, _USUAL, method="lower"))
    own = np.abs(count - thickness) <= max(1.0, _SAME * thickness)  # without strokes that touch it
    seen, middle = columns[own], (first + (count - 1) / 2)[own]
    bends = 2 if seen[-1] - seen[0] >= _SPAN * width and width >= 2 * height else 1
    curve = np.polynomial.Polynomial.fit(seen, middle, min(bends, len(seen) - 1))
    rows = np.clip(curve(np.arange(width)), 0, height - 1)
    ends = np.arange(columns[0], columns[-1] + 1)
    covered = runs[np.rint(rows[ends]).astype(int), ends].mean()
    sag = abs(rows[columns[0]] + rows[columns[-1]] - 2 * rows[(columns[0] + columns[-1]) // 2]) / 2
    is_line = covered >= _COVERED and sag <= max(_BENT_PX, _BENT * width)
    return Rail(rows, thickness, float(own.mean())) if is_line else None


def _is_parallel(rail: Rail, rails: list[Rail], runs: NDArray[np.uint8]) -> bool:
    """Whether a line between the outer rails is one too, and no digit's stroke."""
    outer = min(rails[0], rails[-1], key=lambda each: each.thickness)
    apart = rail.rows - outer.rows
    covered = runs[np.rint(rail.rows).astype(int), np.arange(runs.shape[1])].mean()
    return bool(
        rail.thickness <= 1.5 * outer.thickness + 1
        and np.abs(apart - apart.mean()).max() <= outer.thickness / 2 + SOFT_PX
        and covered >= _COVERED  # over the whole width: a 4's bar ends before it
    )
