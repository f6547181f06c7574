"""Too much light, and fog."""

from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImages
from training.corruptions.levels import to_levels

_BRIGHTER: Final = 0.5
"""Of the whole range of levels, added to every pixel."""

_FOG: Final = 3.0
"""Strength of the fog against the image's, which both share the range of levels."""

_CLOUD_PX: Final = 256
"""Side of the cloud, of which a corner is seen: a power of two."""

_ROUGHNESS: Final = 1 / 1.4**2
"""How much weaker each halving of the step makes the cloud's ups and downs."""


def brightness(images: DigitImages, _: Generator) -> DigitImages:
    """Lighten everything by half of the range."""
    return to_levels(images + 255 * _BRIGHTER)


def fog(images: DigitImages, random: Generator) -> DigitImages:
    """Hide the digit behind a random cloud three times as strong."""
    white = images.max(axis=(1, 2), keepdims=True) / 255
    hidden = images + 255 * _FOG * _clouds(len(images), random)[:, :SIDE, :SIDE]
    return to_levels(hidden * white / (white + _FOG))


def _clouds(n: int, random: Generator) -> NDArray[np.float32]:
    """Random heights, shape (n, 256, 256), each from 0 to 1, by the diamond-square algorithm.

    Source:
        Fournier, Fussell and Carpenter (1982), "Computer rendering of stochastic models",
        Communications of the ACM 25(6). Edges wrap around.
    """
    heights = np.zeros((n, _CLOUD_PX, _CLOUD_PX), np.float32)
    step, swing = _CLOUD_PX, np.float32(1)
    while step > 1:
        half = step // 2
        corners = heights[:, ::step, ::step]
        along_rows = corners + np.roll(corners, -1, axis=2)
        along_columns = corners + np.roll(corners, -1, axis=1)
        middles = (along_rows + np.roll(along_rows, -1, axis=1)) / 4
        middles += swing * _wobble(middles.shape, random)
        on_rows = (along_rows + middles + np.roll(middles, 1, axis=1)) / 4
        on_columns = (along_columns + middles + np.roll(middles, 1, axis=2)) / 4
        heights[:, half::step, half::step] = middles
        heights[:, ::step, half::step] = on_rows + swing * _wobble(middles.shape, random)
        heights[:, half::step, ::step] = on_columns + swing * _wobble(middles.shape, random)
        step, swing = half, swing * np.float32(_ROUGHNESS)
    low = heights.min(axis=(1, 2), keepdims=True)
    return np.asarray((heights - low) / (heights.max(axis=(1, 2), keepdims=True) - low), np.float32)


def _wobble(shape: tuple[int, ...], random: Generator) -> NDArray[np.float32]:
    """Uniform from -1 to 1."""
    return 2 * random.random(shape, np.float32) - 1
