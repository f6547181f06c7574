"""Take a form off a page: frames, rows of boxes, tables, combs. Strokes that cross their lines are mended."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.boxes import find_boxes
from digits.imaging.comb import find_comb
from digits.imaging.mend import erase

_SOLID: Final = 0.5
"""Share of Otsu's threshold from which on ink is looked at: printed lines are lighter than ink, …"""

_FAINT: Final = 16
"""… but what is fainter, of 255, is paper."""

_MIN_WIDTH_PX: Final = 16
_MIN_HEIGHT_PX: Final = 6
"""What is smaller is no box for a digit that could be read, and no comb."""

_MAX_FILLED: Final = 0.75
"""More of a box's area is never ink."""

_MAX_LOOKED_AT: Final = 64
"""As many components are looked at, the largest: it bounds what a page can cost."""

_MANY: Final = 4
"""Walls or teeth that no digit has."""

_ALIKE: Final = 0.2
"""Boxes of a row differ in height by at most this share."""

_FILLED: Final = 0.02
"""A digit in a box fills at least this share of it, …"""

_HIGH: Final = 0.3
"""… and this share of its height."""


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """What may be a part of a form.

    Attributes:
        area: Where it lies on the page.
        cleaned: Its darkness without its lines.
        sure: Whether it can be nothing else.
    """

    area: tuple[slice, slice]
    cleaned: NDArray[np.uint8]
    sure: bool

    def is_beside(self, other: "_Found") -> bool:
        """Whether it is as high, nearly, and level with it."""
        rows, others = self.area[0], other.area[0]
        tolerance = _ALIKE * (others.stop - others.start)
        return bool(abs(rows.start - others.start) <= tolerance and abs(rows.stop - others.stop) <= tolerance)


def remove_form(darkness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Erase the lines of forms; a picture without any comes back as it is.

    A box or a comb is a component of ink, with the digits that touch it. It has four upright lines or
    more, or something in it, or stands beside one that has: else it may be a 0.

    Args:
        darkness: Shape (height, width), 0 = paper, 255 = black.
    """
    otsu = cv2.threshold(darkness, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    solid = np.asarray(darkness >= max(_FAINT, _SOLID * otsu), np.uint8)
    found = _find(darkness, solid)
    surely = [each for each in found if each.sure]
    if not surely:
        return darkness
    cleaned = darkness.copy()
    for each in found:
        if each.sure or any(each.is_beside(other) for other in surely):
            cleaned[each.area] = np.minimum(cleaned[each.area], each.cleaned)
    return cleaned


def _find(darkness: NDArray[np.uint8], solid: NDArray[np.uint8]) -> list[_Found]:
    _, labels, stats, _ = cv2.connectedComponentsWithStats(solid)
    found = []
    for i in _candidates(np.asarray(stats, np.int32)):
        left, top, width, height = stats[i, :4].tolist()
        area = np.s_[top : top + height, left : left + width]
        mask = np.asarray(labels[area] == i, np.uint8)
        if (lines := find_boxes(mask) or find_comb(mask)) is not None:
            cleaned = erase(darkness[area], mask > 0, lines)
            inked = (cleaned > 0) & (solid[area] > 0)
            filled = inked.mean() >= _FILLED and inked.any(axis=1).mean() >= _HIGH
            found.append(_Found(area, cleaned, bool(filled or lines.count >= _MANY)))
    return found


def _candidates(stats: NDArray[np.int32]) -> list[int]:
    """Components that may be boxes or combs, the largest first."""
    width, height, area = stats[:, 2:].T
    may = (width >= _MIN_WIDTH_PX) & (height >= _MIN_HEIGHT_PX) & (area <= _MAX_FILLED * width * height)
    may[0] = False  # the paper
    found = np.flatnonzero(may)
    largest = np.argsort(-(width * height)[found], kind="stable")[:_MAX_LOOKED_AT]
    return [int(i) for i in found[largest]]
