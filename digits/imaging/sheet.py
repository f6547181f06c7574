"""A sheet of paper on a darker table, or in a dark frame: what lies around it is no ink."""

from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.imaging.scale import shrink

_Gray: TypeAlias = NDArray[np.uint8]

_SIDE: Final = 128
"""Longer side, in pixels, of the thumbnail on which a sheet is sought."""

_MIN_SIDE: Final = 48
"""Shorter side, in pixels, of the smallest thumbnail that can show ink on a sheet."""

_MAX_LIGHT_EDGE: Final = 0.35
"""Share of the picture's edges that a sheet may reach: more, and it is the ground, not a thing on it."""

_MIN_COVER: Final = 0.15
"""Share of the picture that a sheet covers at least."""

_MIN_STRAIGHT: Final = 0.85
"""A sheet fills so much of the smallest upright or turned rectangle around it, perspective included. A round
0, light on dark, fills 0.79 of its own."""

_MIN_ASPECT: Final = 0.35
"""Of a sheet's sides: a light 1 is narrower."""

_EDGE_PX: Final = 3
"""Of the thumbnail: how far a sheet's edge may be soft or in its own shadow."""

_INK_CONTRAST: Final = 30
"""How much darker than the paper around it ink on a sheet is at least."""

_INK_WINDOW: Final = 0.3
"""Share of a sheet's shorter side over which its paper is lighter than all ink somewhere."""

_INK_SHARES: Final = (0.002, 0.35)
"""Share of a sheet that ink on it may cover."""

_GAP_PX: Final = 5
"""Of the thumbnail: the gaps between the bars of a display are narrower, and are left out of a hole …"""

_MOST: Final = 0.8
"""… that is at least this share of the ink with them."""

_PLAIN: Final = 0.9
"""Ink that fills so much of its hull may be the hole of a light 0, …"""

_THIN: Final = 0.12
"""… unless it is a thinner bar than this share of the sheet's shorter side, as a written 1 is."""


def clear_surroundings(gray: _Gray) -> _Gray:
    """Make paper of what lies around a light sheet with dark ink on it, if the picture shows one.

    Args:
        gray: Shape (height, width), 0 is black.

    Returns:
        The picture with the sheet's levels going on around the sheet; or `gray` itself.
    """
    rows, columns = gray[:: gray.shape[0] - 1 or 1], gray[:, :: gray.shape[1] - 1 or 1]
    if cv2.mean(rows)[0] + cv2.mean(columns)[0] >= 2 * cv2.mean(gray)[0]:  # no dark edge: nearly all pictures
        return gray
    thumb = shrink(gray, _SIDE)
    if min(thumb.shape) < _MIN_SIDE:
        return gray
    edges = np.concatenate([thumb[0], thumb[-1], thumb[:, 0], thumb[:, -1]])
    threshold, light = cv2.threshold(thumb, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    if (edges > threshold).mean() > _MAX_LIGHT_EDGE:
        return gray
    sheet = _find_sheet(np.asarray(light, np.uint8))
    if sheet is None:
        return gray
    ink = _find_ink(thumb, sheet)
    if _has_hole(np.asarray(light, np.uint8), ink, sheet) or not _has_drawing(ink, sheet):
        return gray
    return _go_on(gray, thumb, sheet)


def _find_sheet(light: _Gray) -> _Gray | None:
    """The largest light thing without its edge, its holes filled, 255; None where it is no sheet."""
    contours, _ = cv2.findContours(light, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    largest = max(contours, key=cv2.contourArea)
    area = cv2.contourArea(largest)
    _, sides, _ = cv2.minAreaRect(largest)
    if min(sides) < _MIN_ASPECT * max(sides):
        return None
    if area < _MIN_COVER * light.size or area < _MIN_STRAIGHT * sides[0] * sides[1]:
        return None
    filled = cv2.drawContours(np.zeros_like(light), [largest], 0, 255, cv2.FILLED)
    bordered = cv2.copyMakeBorder(filled, 1, 1, 1, 1, cv2.BORDER_REPLICATE)  # no edge where it goes on
    eroded = cv2.erode(bordered, np.ones((2 * _EDGE_PX + 1, 2 * _EDGE_PX + 1), np.uint8))[1:-1, 1:-1]
    return np.asarray(eroded, np.uint8) if eroded.any() else None


def _find_ink(thumb: _Gray, sheet: _Gray) -> _Gray:
    """What is darker than the paper around it, 255."""
    inside = sheet > 0
    alone = np.where(inside, thumb, np.uint8(np.median(thumb[inside])))
    size = round(_INK_WINDOW * _shorter_side(sheet)) | 1
    paper = cv2.morphologyEx(alone, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    return np.asarray((cv2.subtract(paper, alone) > _INK_CONTRAST) * np.uint8(255) & sheet, np.uint8)


def _has_hole(light: _Gray, ink: _Gray, sheet: _Gray) -> bool:
    """Whether more of a sheet is dark and too wide for ink than is ink, as the inside of a 0 of bars."""
    hole = (light == 0) & (ink == 0) & (sheet > 0)
    return int(np.count_nonzero(hole)) > int(np.count_nonzero(ink))


def _has_drawing(ink: _Gray, sheet: _Gray) -> bool:
    """Whether what is dark on a sheet is a drawing, and not the hole of a light digit."""
    least, most = _INK_SHARES
    amount = int(np.count_nonzero(ink))
    if not least < amount / max(1, int(np.count_nonzero(sheet))) < most:
        return False
    core = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((_GAP_PX, _GAP_PX), np.uint8))
    if np.count_nonzero(core) < _MOST * amount:
        return True
    hull = cv2.convexHull(cv2.findNonZero(core))
    outline = cv2.drawContours(np.zeros_like(ink), [hull], 0, 255, cv2.FILLED)
    if np.count_nonzero(core) < _PLAIN * np.count_nonzero(outline):
        return True
    thickness = 2 * float(cv2.distanceTransform(ink, cv2.DIST_L2, 3).max())
    return thickness < _THIN * _shorter_side(sheet)


def _shorter_side(sheet: _Gray) -> int:
    _, _, width, height = cv2.boundingRect(sheet)
    return min(width, height)


def _go_on(gray: _Gray, thumb: _Gray, sheet: _Gray) -> _Gray:
    """The sheet, and around it the level of its nearest place."""
    _, nearest = cv2.distanceTransformWithLabels(255 - sheet, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)
    levels = np.zeros(int(nearest.max()) + 1, np.uint8)
    levels[nearest[sheet > 0]] = cv2.medianBlur(thumb, 5)[sheet > 0]
    around = cv2.resize(levels[nearest], gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    inside = cv2.resize(sheet, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.where(inside > 127, gray, around)
