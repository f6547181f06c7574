"""Which of the ink is the digit: its strokes, without specks, borders and neighbors."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.errors import BlankImageError

_SOLID: Final = 64
"""Ink from this level on forms components; fainter ink belongs to what it surrounds."""

_SPECK_SHARE: Final = 0.02
"""A component with less than this share of the body's area is a speck."""

_REACH: Final = 0.5
"""A stroke belongs to the digit when the gap to it is at most this share of the digit's longer side, …"""

_MIN_REACH: Final = 0.06
"""… or this share of the picture's shorter side: a broken stroke's first piece may be small."""

_EDGE_WEIGHT: Final = 0.05
"""How much a component at the picture's edge counts against one inside."""

_ENCLOSED: Final = 0.3
"""What goes round a component at least this share as high is no digit, but a frame, …"""

_FULL: Final = 0.7
"""… if with what it goes round it fills this share of its box: circles do, digits in outline do not."""

_FLAT: Final = 5
"""A component this many times as wide as high is a line; below the digit and …"""

_LONGER: Final = 1.2
"""… this many times as wide, it underlines it: the foot of a 2 is shorter."""

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
        company: Whether it is one of several.
    """

    ink: NDArray[np.uint8]
    company: Company


@dataclass(frozen=True, slots=True)
class _Components:
    """Connected pieces of solid ink: arrays of shape (n,), in pixels; a box ends before right and bottom."""

    labels: NDArray[np.int32]
    """Shape (height, width) of the part of the picture that has ink: piece i is labeled i + 1."""

    left: NDArray[np.int32]
    top: NDArray[np.int32]
    right: NDArray[np.int32]
    bottom: NDArray[np.int32]
    area: NDArray[np.int32]
    center: NDArray[np.float64]
    """Shape (n, 2): x and y."""

    @classmethod
    def of(cls, solid: NDArray[np.uint8], left: int, top: int) -> "_Components":
        """Those of a part of the picture, whose first pixel is at `left` and `top`."""
        _, labels, stats, centers = cv2.connectedComponentsWithStats(solid)
        x, y, width, height, area = np.asarray(stats[1:], np.int32).T
        x, y = x + left, y + top
        center = np.asarray(centers[1:], np.float64) + np.array([left, top])
        return cls(np.asarray(labels, np.int32), x, y, x + width, y + height, area, center)

    def only(self, kept: NDArray[np.bool_]) -> "_Components":
        """Those that are kept, labeled anew."""
        if kept.all():
            return self
        label = np.concatenate([[0], np.where(kept, kept.cumsum(), 0)]).astype(np.int32)
        edges = (self.left[kept], self.top[kept], self.right[kept], self.bottom[kept])
        return _Components(label[self.labels], *edges, self.area[kept], self.center[kept])


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
        return Kept(_cut_out(ink, solid, left, top), _company_inside(width / height))
    pieces = _Components.of(solid, left, top)
    pieces = pieces.only(~(_surround(pieces) | _underline(pieces)))
    at_edge = _hugs_edge(pieces, *ink.shape)
    body = _body(pieces, at_edge, ink.shape)
    mine = _grow(body, pieces, min_reach_px=_MIN_REACH * min(ink.shape))
    own = np.concatenate([[0], mine]).astype(np.uint8)[pieces.labels]
    x, y, width, height = cv2.boundingRect(own)
    kept = _cut_out(ink, own[y : y + height, x : x + width], left + x, top + y)
    return Kept(kept, _company(pieces, body, mine, at_edge, width / height))


def _cut_out(ink: NDArray[np.uint8], solid: NDArray[np.uint8], left: int, top: int) -> NDArray[np.uint8]:
    """Ink where it is solid and one pixel around, where there is one; the rest is erased."""
    height, width = solid.shape
    rows = slice(max(0, top - 1), top + height + 1)
    columns = slice(max(0, left - 1), left + width + 1)
    area = ink[rows, columns]
    mask = np.zeros(area.shape, np.uint8)
    x, y = left - columns.start, top - rows.start
    mask[y : y + height, x : x + width] = solid
    return area * np.asarray(cv2.dilate(mask, _AROUND), np.uint8)


def _company_inside(wide: float) -> Company:
    """What a digit's width, as a share of its height, tells of others that it touches."""
    if wide >= _TOO_WIDE:
        return Company.LIKELY
    return Company.MAYBE if wide >= _WIDE else Company.NONE


def _company(
    pieces: _Components, body: int, mine: NDArray[np.bool_], at_edge: NDArray[np.bool_], wide: float
) -> Company:
    """Judge by the digit's width, and by what stands beside it on its line as high and apart."""
    company = _company_inside(wide)
    shared = np.minimum(pieces.bottom, pieces.bottom[body]) - np.maximum(pieces.top, pieces.top[body])
    height = pieces.bottom - pieces.top
    on_line = ~at_edge & (shared >= _ON_LINE * np.minimum(height, height[body]))
    on_line &= pieces.area >= _SPECK_SHARE * pieces.area[body]
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


def _surround(pieces: _Components) -> NDArray[np.bool_]:
    """Which components go round another that may be a digit: frames, circles, the edge of the paper."""
    surround = np.zeros(pieces.area.shape, np.bool_)
    high = pieces.bottom - pieces.top
    x, y = pieces.left.min(), pieces.top.min()
    for outer in np.flatnonzero(high >= _ENCLOSED * len(pieces.labels)):  # few, however many specks
        inside = (pieces.left > pieces.left[outer]) & (pieces.right < pieces.right[outer])
        inside &= (pieces.top > pieces.top[outer]) & (pieces.bottom < pieces.bottom[outer])
        inside &= high >= _ENCLOSED * high[outer]
        if not inside.any():
            continue
        rows = slice(pieces.top[outer] - y, pieces.bottom[outer] - y)
        columns = slice(pieces.left[outer] - x, pieces.right[outer] - x)
        own = np.pad(np.asarray(pieces.labels[rows, columns] == outer + 1, np.uint8), 1)
        cv2.floodFill(own, None, (0, 0), 2)
        if np.count_nonzero(own != 2) < _FULL * own.size:
            continue
        closed = own[1:-1, 1:-1] == 0
        enclosed = np.unique(pieces.labels[rows, columns][closed])
        surround[outer] = bool(np.isin(np.flatnonzero(inside) + 1, enclosed).any())
    return surround


def _underline(pieces: _Components) -> NDArray[np.bool_]:
    """Which components are level lines under all others, and longer than all of them together."""
    high, wide = pieces.bottom - pieces.top, pieces.right - pieces.left
    underline = np.zeros(pieces.area.shape, np.bool_)
    large = pieces.area >= _SPECK_SHARE * pieces.area.max()
    lowest = int(((pieces.top + pieces.bottom) * large).argmax())
    others = large & (np.arange(len(large)) != lowest)
    if others.any() and wide[lowest] >= _FLAT * high[lowest]:
        length = pieces.right[others].max() - pieces.left[others].min()
        underline[lowest] = (
            pieces.top[lowest] >= pieces.bottom[others].max() and wide[lowest] >= _LONGER * length
        )
    return underline


def _body(pieces: _Components, at_edge: NDArray[np.bool_], shape: tuple[int, ...]) -> int:
    """Index of the component that is most likely the digit's body."""
    height, width = shape
    off_middle = np.abs(pieces.center / (width, height) - 0.5).max(axis=1)  # 0 in the middle, 0.5 at an edge
    weight = pieces.area * (1 - off_middle) ** 2 * np.where(at_edge, _EDGE_WEIGHT, 1)
    return int(weight.argmax())


def _hugs_edge(pieces: _Components, height: int, width: int) -> NDArray[np.bool_]:
    """Whether a component touches the picture's edge and is no stroke of a digit that fills the frame."""
    touches = (pieces.left == 0) | (pieces.top == 0) | (pieces.right == width) | (pieces.bottom == height)
    spans_middle_x = (pieces.left < width / 2) & (pieces.right > width / 2)
    spans_middle_y = (pieces.top < height / 2) & (pieces.bottom > height / 2)
    return np.asarray(touches & ~(spans_middle_x & spans_middle_y), np.bool_)


def _grow(body: int, pieces: _Components, *, min_reach_px: float) -> NDArray[np.bool_]:
    """Which components are the digit: the body, and every stroke within reach of what was joined so far."""
    large = pieces.area >= _SPECK_SHARE * pieces.area[body]
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
