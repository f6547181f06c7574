"""Where symbols lie on a picture: pieces of ink put together, line by line, in reading order."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.errors import TooManySymbolsError
from digits.imaging.pieces import Box, Line, Piece

MAX_SYMBOLS: Final = 256
"""A picture with more is refused: each costs time, and a page of so many digits has many more specks."""

_SOLID: Final = 64
"""Ink from this level on forms components, as in `digits.imaging.segment`."""

_SPECK: Final = 0.02
"""What is smaller than this share of the picture's longer side, both ways, is a speck."""

_SMALL: Final = 0.35
"""What is lower and narrower than this share of the usual height is no symbol of its own …"""

_BAR: Final = 0.5
"""… and what is lower than this may be a stroke of the symbol nearest to it, like the bar of a 5, …"""

_NEAR: Final = 0.15
"""… if the gap to that is at most this share of the usual height."""

_OVERLAP: Final = 0.5
"""Components of which one covers this share of the other's width are parts of one symbol, …"""

_APART: Final = 0.25
"""… unless the gap between them is larger than this share of the usual height, …"""

_TOO_HIGH: Final = 1.5
"""… or together they are higher than this many times the usual."""

_SAME_LINE: Final = 0.4
"""Symbols whose heights overlap by this share of the lower one are on one line."""

_CUT_CLOSE: Final = 0.8
"""Where symbols fill the picture's height to this share, they may reach its edges; elsewhere what reaches
two of them and is solid, or lies along them, is what lies around the paper."""

_FLAT: Final = 5
"""A component this many times as wide as high is a line, not a digit."""


def find_lines(ink: NDArray[np.uint8]) -> list[Line]:
    """Lines of symbols from the top; each symbol is ink that stands apart from other ink.

    Args:
        ink: Shape (height, width), 0 = paper, 255 = solid ink.

    Raises:
        TooManySymbolsError: There are more than MAX_SYMBOLS.
    """
    _, found, stats, _ = cv2.connectedComponentsWithStats((ink >= _SOLID).astype(np.uint8))
    labels, areas = np.asarray(found, np.int32), np.asarray(stats[:, 4], np.int32)
    edges = np.column_stack([stats[:, :2], stats[:, :2] + stats[:, 2:4]]).astype(np.int32)
    kept = np.flatnonzero(_may_be_symbols(edges, areas, labels))
    if len(kept) > 4 * MAX_SYMBOLS:
        raise TooManySymbolsError(len(kept), MAX_SYMBOLS)
    groups = [_Group(Box(*map(int, edges[i])), (int(i),)) for i in kept]
    if not groups:
        return []
    usual = _usual_height(groups)
    groups = _join(groups, usual)
    if len(groups) > MAX_SYMBOLS:
        raise TooManySymbolsError(len(groups), MAX_SYMBOLS)
    return [_line(line, ink, labels) for line in _to_lines(groups)]


@dataclass(frozen=True, slots=True)
class _Group:
    box: Box
    members: tuple[int, ...]
    """Labels of its components."""

    def with_(self, other: "_Group") -> "_Group":
        return _Group(self.box.around(other.box), self.members + other.members)


def _may_be_symbols(
    edges: NDArray[np.int32], areas: NDArray[np.int32], labels: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which components are neither paper nor specks nor lines nor what lies around the paper."""
    height, width = labels.shape
    left, top, right, bottom = edges.T
    widths, heights = right - left, bottom - top
    may = (areas >= 6) & (np.maximum(widths, heights) >= _SPECK * max(height, width))
    may &= widths <= _FLAT * heights
    may[0] = False  # the paper
    if may.any() and np.median(heights[may]) < _CUT_CLOSE * height:
        touches = (left == 0).astype(int) + (top == 0) + (right == width) + (bottom == height)
        solid = areas > 0.5 * widths * heights
        middle = labels[height // 8 : height - height // 8, width // 8 : width - width // 8]
        inside = np.bincount(middle.ravel(), minlength=len(areas)) > 0.05 * areas
        may &= (touches < 2) | (inside & ~solid)
    return np.asarray(may, np.bool_)


def _usual_height(groups: list[_Group]) -> float:
    """The height of a typical symbol: the median weighted by height, so that specks do not count."""
    heights = np.sort([max(group.box.height, group.box.width // 2) for group in groups])
    return float(heights[np.searchsorted(heights.cumsum(), heights.sum() / 2)])


def _join(groups: list[_Group], usual: float) -> list[_Group]:
    """Put together what lies above each other, then each loose bar and the symbol nearest to it."""
    groups = _join_stacked(groups, usual)
    whole = [group for group in groups if group.box.height >= _BAR * usual]
    for bar in [group for group in groups if group.box.height < _BAR * usual]:
        near = [i for i, group in enumerate(whole) if _is_stroke_of(bar.box, group.box, usual)]
        if near:
            nearest = min(near, key=lambda i: sum(bar.box.gaps(whole[i].box)))
            whole[nearest] = whole[nearest].with_(bar)
        elif max(bar.box.height, bar.box.width) >= _SMALL * usual:
            whole.append(bar)
    return whole


def _join_stacked(groups: list[_Group], usual: float) -> list[_Group]:
    waiting = sorted(groups, key=lambda group: -group.box.height)
    done: list[_Group] = []
    while waiting:
        group = waiting.pop(0)
        parts = [other for other in waiting if _are_stacked(group.box, other.box, usual)]
        if not parts:
            done.append(group)
            continue
        waiting = [other for other in waiting if other not in parts]
        for other in parts:
            group = group.with_(other)
        waiting.insert(0, group)
    return done


def _are_stacked(first: Box, second: Box, usual: float) -> bool:
    across, down = first.gaps(second)
    return (
        -across >= _OVERLAP * min(first.width, second.width)
        and down <= _APART * usual
        and first.around(second).height <= _TOO_HIGH * max(usual, first.height, second.height)
    )


def _is_stroke_of(bar: Box, symbol: Box, usual: float) -> bool:
    return max(bar.gaps(symbol)) <= _NEAR * usual and bar.around(symbol).height <= _TOO_HIGH * usual


def _to_lines(groups: list[_Group]) -> list[list[_Group]]:
    """Each group joins the line whose last symbol lies level with it; slant does not matter so."""
    lines: list[list[_Group]] = []
    for group in sorted(groups, key=lambda each: each.box.left + each.box.right):
        level = [line for line in lines if _are_level(line[-1].box, group.box)]
        if level:
            max(level, key=lambda line: line[-1].box.right).append(group)
        else:
            lines.append([group])
    return sorted(lines, key=lambda line: float(np.mean([g.box.top + g.box.bottom for g in line])))


def _are_level(first: Box, second: Box) -> bool:
    return -first.gaps(second)[1] >= _SAME_LINE * min(first.height, second.height)


def _line(groups: list[_Group], ink: NDArray[np.uint8], labels: NDArray[np.int32]) -> Line:
    height = float(np.percentile([group.box.height for group in groups], 75))
    return Line(tuple(_symbol(group, ink, labels) for group in groups), height)


def _symbol(group: _Group, ink: NDArray[np.uint8], labels: NDArray[np.int32]) -> Piece:
    box = group.box
    area = np.s_[box.top : box.bottom, box.left : box.right]
    own = np.isin(labels[area], group.members)
    near = cv2.dilate(own.astype(np.uint8), np.ones((3, 3), np.uint8))
    others = (labels[area] > 0) & ~own
    return Piece(box, np.where((near > 0) & ~others, ink[area], 0).astype(np.uint8))
