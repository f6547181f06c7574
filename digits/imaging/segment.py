"""Which of the ink is the digit: its strokes, without specks, borders and neighbors."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.errors import BlankImageError
from digits.imaging.components import SPECK_SHARE, Components
from digits.imaging.surroundings import surrounding, underlining

_SOLID: Final = 64
"""Ink from this level on forms components; fainter ink belongs to what it surrounds."""

_REACH: Final = 0.5
"""A stroke belongs to the digit when the gap to it is at most this share of the digit's longer side, …"""

_MIN_REACH: Final = 0.06
"""… or this share of the picture's shorter side: a broken stroke's first piece may be small."""

_EDGE_WEIGHT: Final = 0.05
"""How much a component at the picture's edge counts against one inside."""

_AS_TALL: Final = 0.5
"""What is lower than this share of the highest is no digit beside it, …"""

_ON_LINE: Final = 0.5
"""… nor is what shares less than this of its height with the digit, …"""

_BESIDE: Final = 0.12
"""… nor what is nearer to it than this share of the highest."""

_AROUND: Final = np.ones((3, 3), np.uint8)

_WIDE: Final = 1.4
"""Few digits are so many times as wide as high, …"""

_TOO_WIDE: Final = 2.0
"""… and none is as wide as this."""


class Company(Enum):
    """Whether other digits stand beside the one that was kept, as far as their places tell."""

    NONE = auto()
    MAYBE = auto()
    LIKELY = auto()


@dataclass(frozen=True, slots=True)
class Kept:
    """One digit's ink, cut out.

    Attributes:
        ink: The digit's box with one pixel of margin where the picture has one; 0 = paper, 255 = ink.
        left: Column of the picture that is the first of `ink`.
        top: Row of the picture that is the first of `ink`.
        company: Whether it is one of several.
    """

    ink: NDArray[np.uint8]
    left: int
    top: int
    company: Company


def keep_digit(ink: NDArray[np.uint8]) -> Kept:
    """Erase all ink but one digit's and cut it out.

    Frames and circles round the digit, and a line under it, are left out.
    The digit is the largest component, counted less the farther it lies from the middle and hardly
    at all where it runs along the picture's edge; nearby strokes join it until none is near.

    Args:
        ink: Shape (height, width), 0 = paper, 255 = solid ink.

    Raises:
        BlankImageError: No ink is solid.
    """
    solid = np.asarray(cv2.threshold(ink, _SOLID - 1, 1, cv2.THRESH_BINARY)[1], np.uint8)
    left, top, width, height = cv2.boundingRect(solid)
    if not width:
        raise BlankImageError
    solid = solid[top : top + height, left : left + width]
    if cv2.connectedComponents(solid)[0] == 2:  # ink and paper: mostly so, and ten times as fast
        return Kept(*_cut_out(ink, solid, left, top), _company_inside(width / height))
    pieces = Components.of(solid, left, top)
    pieces = pieces.only(~(surrounding(pieces) | underlining(pieces)))
    at_edge = _hugs_edge(pieces, *ink.shape)
    body = _body(pieces, at_edge, ink.shape)
    mine = _grow(body, pieces, min_reach_px=_MIN_REACH * min(ink.shape))
    own = np.concatenate([[0], mine]).astype(np.uint8)[pieces.labels]
    x, y, width, height = cv2.boundingRect(own)
    kept = _cut_out(ink, own[y : y + height, x : x + width], left + x, top + y)
    return Kept(*kept, _company(pieces, body, mine, at_edge, width / height))


def _cut_out(
    ink: NDArray[np.uint8], solid: NDArray[np.uint8], left: int, top: int
) -> tuple[NDArray[np.uint8], int, int]:
    """Ink where it is solid and one pixel around, where there is one; and its first column and row."""
    height, width = solid.shape
    rows = slice(max(0, top - 1), top + height + 1)
    columns = slice(max(0, left - 1), left + width + 1)
    area = ink[rows, columns]
    mask = np.zeros(area.shape, np.uint8)
    x, y = left - columns.start, top - rows.start
    mask[y : y + height, x : x + width] = solid
    return area * np.asarray(cv2.dilate(mask, _AROUND), np.uint8), columns.start, rows.start


def _company_inside(wide: float) -> Company:
    """What a digit's width, as a share of its height, tells of others that it touches."""
    if wide >= _TOO_WIDE:
        return Company.LIKELY
    return Company.MAYBE if wide >= _WIDE else Company.NONE


def _company(
    pieces: Components, body: int, mine: NDArray[np.bool_], at_edge: NDArray[np.bool_], wide: float
) -> Company:
    """Judge by the digit's width, and by what stands beside it on its line as high and apart."""
    company = _company_inside(wide)
    shared = np.minimum(pieces.bottom, pieces.bottom[body]) - np.maximum(pieces.top, pieces.top[body])
    height = pieces.bottom - pieces.top
    on_line = ~at_edge & (shared >= _ON_LINE * np.minimum(height, height[body]))
    on_line &= pieces.area >= SPECK_SHARE * pieces.area[body]
    if company is Company.LIKELY or on_line.sum() < 2:
        return company
    order = np.flatnonzero(on_line)[np.argsort(pieces.left[on_line])]
    reached = np.maximum.accumulate(pieces.right[order])
    starts = np.concatenate([[0], 1 + np.flatnonzero(pieces.left[order][1:] >= reached[:-1])])
    top = np.minimum.reduceat(pieces.top[order], starts)
    tall = (high := np.maximum.reduceat(pieces.bottom[order], starts) - top) >= _AS_TALL * high.max()
    if tall.sum() < 2:
        return company
    left, right = pieces.left[order][starts][tall], np.maximum.reduceat(pieces.right[order], starts)[tall]
    apart = (left[1:] - right[:-1]).max() >= _BESIDE * high.max()
    strangers = not mine[order][starts][tall].all()
    return Company.LIKELY if apart and strangers else Company.MAYBE


def _body(pieces: Components, at_edge: NDArray[np.bool_], shape: tuple[int, ...]) -> int:
    """Index of the component that is most likely the digit's body."""
    height, width = shape
    off_middle = np.abs(pieces.center / (width, height) - 0.5).max(axis=1)  # 0 in the middle, 0.5 at an edge
    weight = pieces.area * (1 - off_middle) ** 2 * np.where(at_edge, _EDGE_WEIGHT, 1)
    return int(weight.argmax())


def _hugs_edge(pieces: Components, height: int, width: int) -> NDArray[np.bool_]:
    """Whether a component touches the picture's edge and is no stroke of a digit that fills the frame."""
    touches = (pieces.left == 0) | (pieces.top == 0) | (pieces.right == width) | (pieces.bottom == height)
    spans_middle_x = (pieces.left < width / 2) & (pieces.right > width / 2)
    spans_middle_y = (pieces.top < height / 2) & (pieces.bottom > height / 2)
    return np.asarray(touches & ~(spans_middle_x & spans_middle_y), np.bool_)


def _grow(body: int, pieces: Components, *, min_reach_px: float) -> NDArray[np.bool_]:
    """Which components are the digit: the body, and every stroke within reach of what was joined so far."""
    large = pieces.area >= SPECK_SHARE * pieces.area[body]
    joined = np.zeros(pieces.area.shape, np.bool_)
    joined[body] = True
    while True:
        left, right = pieces.left[joined].min(), pieces.right[joined].max()
        top, bottom = pieces.top[joined].min(), pieces.bottom[joined].max()
        reach = max(_REACH * max(right - left, bottom - top), min_reach_px)
        gap_x = np.maximum(pieces.left - right, left - pieces.right)
        gap_y = np.maximum(pieces.top - bottom, top - pieces.bottom)
        more = large & ~joined & (np.maximum(gap_x, gap_y) <= reach)
        if not more.any():
            return joined
        joined |= more
