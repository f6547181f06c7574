"""What is drawn round a digit or under it, and is no part of it."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.components import SPECK_SHARE, Components

_ENCLOSED: Final = 0.3
"""What goes round a component at least this share as high is no digit, but a frame, …"""

_FULL: Final = 0.7
"""… if with what it goes round it fills this share of its box: circles do, digits in outline do not."""

_FLAT: Final = 5
"""A component this many times as wide as high is a line; below the digit and …"""

_LONGER: Final = 1.2
"""… this many times as wide, it underlines it: the foot of a 2 is shorter."""


def surrounding(pieces: Components) -> NDArray[np.bool_]:
    """Which components go round another that may be a digit: frames, circles. Shape (n,)."""
    found = np.zeros(pieces.area.shape, np.bool_)
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
        found[outer] = bool(np.isin(np.flatnonzero(inside) + 1, enclosed).any())
    return found


def underlining(pieces: Components) -> NDArray[np.bool_]:
    """Which components are level lines under all others, and longer than all of them together; shape (n,)."""
    high, wide = pieces.bottom - pieces.top, pieces.right - pieces.left
    found = np.zeros(pieces.area.shape, np.bool_)
    large = pieces.area >= SPECK_SHARE * pieces.area.max()
    lowest = int(((pieces.top + pieces.bottom) * large).argmax())
    others = large & (np.arange(len(large)) != lowest)
    if others.any() and wide[lowest] >= _FLAT * high[lowest]:
        length = pieces.right[others].max() - pieces.left[others].min()
        found[lowest] = pieces.top[lowest] >= pieces.bottom[others].max() and wide[lowest] >= _LONGER * length
    return found
