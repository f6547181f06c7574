"""The comb of a form: a rail with teeth on it, which part the places for digits."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.imaging.printed import SOFT_PX, Lines, Rail, find_rails

_EVEN: Final = 0.75
"""A comb's rail is as thick over at least this share of its length; the feet of touching digits are not."""

_MIN_TEETH: Final = 3

_AS_HIGH: Final = 0.15
"""Teeth differ in height by at most this share, …"""

_AS_HIGH_PX: Final = 1.5
"""… or by so many pixels."""

_REGULAR: Final = 0.12
"""They stand off their places by at most this share of the way from tooth to tooth, …"""

_WIDEST: Final = 1.0
"""… which is at least as long as they are high: else they are a row of 1s."""

_NEAR: Final = 0.2
"""What stands so near to a place is its tooth."""


def find_comb(mask: NDArray[np.uint8]) -> Lines | None:
    """The lines of a component of ink that is a comb; digits may touch it and hide a few of its teeth.

    Args:
        mask: Shape (height, width), 1 = ink.
    """
    rails = find_rails(mask)
    if not rails or rails[-1].even < _EVEN:
        return None
    rail = rails[-1]
    found = _teeth(mask, rail)
    if found is None:
        return None
    teeth, high = found
    steps = np.diff(teeth)
    pitch = float(steps[steps <= 1.5 * steps.min()].mean())  # without those over a hidden tooth
    if np.abs(steps / pitch - np.rint(steps / pitch)).max() > _REGULAR or pitch < _WIDEST * high:
        return None
    height, width = mask.shape
    rows, columns = np.arange(height)[:, np.newaxis], np.arange(width)
    upright = np.zeros(mask.shape, np.bool_)
    for place in np.arange(teeth[0] % pitch, width + _NEAR * pitch, pitch) - pitch * (
        teeth[0] % pitch > pitch / 2
    ):
        near = teeth[np.abs(teeth - place) <= _NEAR * pitch]
        upright |= np.abs(columns - (near[0] if len(near) else place)) <= rail.thickness / 2 + SOFT_PX
    top = rail.rows - rail.thickness / 2 - high - SOFT_PX
    upright &= (rows >= top) & (rows <= rail.rows)
    return Lines(rail.area(height), upright, len(teeth))


def _teeth(mask: NDArray[np.uint8], rail: Rail) -> tuple[NDArray[np.float64], int] | None:
    """Columns of the teeth that stand free, and their height in pixels."""
    columns = np.arange(mask.shape[1])
    above = np.rint(rail.rows - rail.thickness / 2 - 1 - np.arange(len(mask))[:, np.newaxis]).astype(int)
    inked = (mask[np.maximum(above, 0), columns] > 0) & (above >= 0)
    high = np.logical_and.accumulate(inked, axis=0).sum(axis=0)
    at = np.flatnonzero(high > max(2.0, rail.thickness))
    runs = np.split(at, np.flatnonzero(np.diff(at) > 1) + 1)
    runs = [run for run in runs if 0 < len(run) <= 2 * rail.thickness + 2 * SOFT_PX]
    if len(runs) < _MIN_TEETH:
        return None
    heights = np.array([high[run].max() for run in runs])
    alike = np.abs(heights[:, np.newaxis] - heights) <= np.maximum(_AS_HIGH_PX, _AS_HIGH * heights)
    most = int(alike.sum(axis=0).argmax())
    teeth = np.array([run.mean() for run in runs])[alike[:, most]]
    return (teeth, int(heights[most])) if len(teeth) >= _MIN_TEETH else None
