"""Cut a symbol where touching digits may part: along the ways through it that cross the least ink."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.pieces import Box, Line, Piece

_ROWS: Final = 48
"""Ways are sought on a symbol made this low: then they take a millisecond, whatever its size."""

_SIDEWAYS: Final = 0.25
"""What a step to the side costs, in pixels of solid ink crossed."""

_MARGIN: Final = 0.12
"""No cut is nearer to a symbol's end than this share of the line's height: no digit is so narrow, …"""

_REACH: Final = 0.08
"""… and of those nearer to each other than this share, only the cheapest counts."""

_NARROW: Final = 0.5
"""A symbol narrower than this share of its line's height is not cut."""

_SOLID: Final = 64


def cut(line: Line, *, max_cuts: int) -> Line:
    """Cut the symbols on a line into pieces, many more than digits; whoever reads them joins them again.

    The ways run from the top to the bottom, at most 45 degrees off the upright, and cost what ink
    they cross: those through the middle row's columns where that cost has a minimum.

    Args:
        line: From `digits.imaging.layout.find_lines`.
        max_cuts: Through one symbol: the cheapest count.

    Source:
        Wang, Jean (1994), "Segmentation of Merged Characters by Neural Networks and Shortest Path",
        Pattern Recognition 27(5).
    """
    pieces = (piece for symbol in line.pieces for piece in _cut(symbol, line.height, max_cuts))
    return Line(tuple(pieces), line.height)


def _cut(symbol: Piece, line_height: float, max_cuts: int) -> list[Piece]:
    if symbol.box.width <= _NARROW * line_height:
        return [symbol]
    scale = min(1.0, _ROWS / symbol.box.height)
    small = cv2.resize(symbol.ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    ways, costs = _ways(np.asarray(small, np.uint8), line_height * scale, max_cuts)
    to_the_left = ways[:, :, np.newaxis] <= np.arange(small.shape[1])
    place = to_the_left.sum(axis=0, dtype=np.uint8)
    place = np.asarray(cv2.resize(place, symbol.ink.shape[::-1], interpolation=cv2.INTER_NEAREST))
    shares = [None, *(costs / (line_height * scale)).tolist()]
    pieces = (_piece(symbol, place == i, share) for i, share in enumerate(shares))
    return [piece for piece in pieces if piece is not None]


def _piece(symbol: Piece, area: NDArray[np.bool_], share: float | None) -> Piece | None:
    ink = np.where(area, symbol.ink, 0).astype(np.uint8)
    left, top, width, height = (int(edge) for edge in cv2.boundingRect(ink))
    ink = ink[top : top + height, left : left + width]
    if not (ink >= _SOLID).any():
        return None
    x, y = symbol.box.left + left, symbol.box.top + top
    return Piece(Box(x, y, x + width, y + height), ink, share)


def _ways(
    ink: NDArray[np.uint8], line_height: float, max_cuts: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Columns of each way, shape (n, rows), from the left, and what each costs, in pixels of ink."""
    cost: NDArray[np.float32] = np.divide(ink, 255, dtype=np.float32)
    middle = len(cost) // 2
    above, upward = _cheapest(cost[: middle + 1])
    below, downward = _cheapest(cost[: middle - 1 if middle else None : -1])
    total = above + below - cost[middle]
    starts = _minima(total, line_height, max_cuts)
    up, down = _trace(upward, starts), _trace(downward, starts)
    return np.sort(np.concatenate([up, down[:, ::-1][:, 1:]], axis=1), axis=0), total[starts]


def _cheapest(cost: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """For each column of the last row: the least cost from the first row, and each row's step back."""
    total, steps = cost[0], np.zeros(cost.shape, np.int8)
    far = np.float32(np.inf)
    for row in range(1, len(cost)):
        ways = np.stack(
            [total, np.append(far, total[:-1]) + _SIDEWAYS, np.append(total[1:], far) + _SIDEWAYS]
        )
        best = ways.argmin(axis=0)
        steps[row] = np.array([0, -1, 1], np.int8)[best]
        total = ways.min(axis=0) + cost[row]
    return total, steps


def _trace(steps: NDArray[np.int8], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Columns from the first row to the last of the ways that end at `starts`; shape (n, rows)."""
    columns = [starts]
    for row in range(len(steps) - 1, 0, -1):
        columns.append(columns[-1] + steps[row][columns[-1]])
    return np.stack(columns[::-1], axis=1)


def _minima(total: NDArray[np.float32], line_height: float, most: int) -> NDArray[np.int64]:
    """Columns with the least cost around, at most the cheapest `most` of them, from the left."""
    reach, margin = max(1, round(_REACH * line_height)), max(2, round(_MARGIN * line_height))
    lowest = cv2.erode(total[np.newaxis], np.ones((1, 2 * reach + 1), np.uint8))[0]
    inside = np.arange(margin, len(total) - margin)
    at = inside[total[inside] == lowest[inside]]
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1) if len(at) else []
    middles = np.array([run[len(run) // 2] for run in runs], np.int64)
    return np.sort(middles[np.argsort(total[middles], kind="stable")[:most]])
