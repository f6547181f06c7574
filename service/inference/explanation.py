"""What of a digit image its answer rests on: occlude a part, and see how much less sure the model is."""

from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImage
from digits.imaging import FoundDigit
from digits.imaging.area import Area
from service.inference.engine import Engine

_PATCH: Final = 5
"""Pixels on each side of what is occluded: twice a stroke's width."""

_STEP: Final = 2
"""Pixels from one place to the next: 196 copies of the image, in one call of the engine."""

_SUREST: Final = 1e-6
"""Probabilities nearer to 0 and 1 than this are taken for it: rounding decides what lies beyond."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """What the model saw, and what of it counted.

    Attributes:
        image: The digit image, shape (SIDE, SIDE).
        area: What of the picture it shows, in pixels of the picture, upright.
        saliency: float32 (SIDE, SIDE), 0-1: how much the answer rests on each pixel; 1 is the most.
    """

    image: DigitImage
    area: Area
    saliency: NDArray[np.float32]


def explain(found: FoundDigit, digit: int, engine: Engine) -> Explanation:
    """Find out what the answer `digit` for a found digit rests on, by one call of the engine."""
    return Explanation(found.image, found.area, measure_saliency(found.image, digit, engine))


def measure_saliency(image: DigitImage, digit: int, engine: Engine) -> NDArray[np.float32]:
    """Measure by occlusion what the answer `digit` rests on.

    A pixel's saliency is the mean, over all patches of paper that cover it, of what they take from
    the digit's log odds, scaled to its maximum. What stands against the digit counts as 0.

    Args:
        image: Shape (SIDE, SIDE).
        digit: The answer to explain.
        engine: Called once.

    Returns:
        float32 (SIDE, SIDE), 0-1; 1 is the most.

    Source:
        Occlusion: Zeiler, Fergus (2014), "Visualizing and Understanding Convolutional Networks", ECCV,
        section 4.2. Log odds: Robnik-Sikonja, Kononenko (2008), "Explaining Classifications For
        Individual Instances", IEEE Trans. KDE 20(5).
    """
    starts = range(0, SIDE, _STEP)
    patches = np.zeros((len(starts) ** 2, SIDE, SIDE), np.bool_)
    for patch, (top, left) in zip(patches, product(starts, starts), strict=True):
        patch[top : top + _PATCH, left : left + _PATCH] = True
    copies = np.where(patches, 0, image).astype(np.uint8)
    odds = _log_odds(engine.predict(np.concatenate([image[np.newaxis], copies])).probabilities[:, digit])
    lost = np.maximum(odds[0] - odds[1:], 0)
    saliency = np.tensordot(lost, patches, 1) / patches.sum(axis=0)
    return np.asarray(saliency / max(float(saliency.max()), 1e-9), np.float32)


def _log_odds(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    within = np.clip(probabilities.astype(np.float64), _SUREST, 1 - _SUREST)
    return np.log(within / (1 - within))
