"""Whether exported files compute what the trained network computes, before anyone serves them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from digits.contract import DigitImages, Probabilities
from digits.store import TWIN_PATH
from training.engines import Engine, open_saved_model, open_twin
from training.errors import EnginesDisagreeError

MAX_ABS_DIFF: Final = 1e-4
"""No probability may differ by more. Both exports compute in float32, in another order."""

MIN_AGREEMENT: Final = 0.9999
"""Share of images with the same digit: one in 10,000 may be a tie that rounding decides."""

_BATCHES: Final = (1, 7, 512)
"""Sizes of the first batches and of all others: an export must take any."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How an export compares with the trained network.

    Attributes:
        agreement: Share of images for which both name the same digit.
        max_abs_diff: Largest difference of any probability.
    """

    agreement: float
    max_abs_diff: float


def compare_engines(folder: Path, images: DigitImages, expected: Probabilities) -> Mapping[str, Parity]:
    """Run both exports of a version on the images.

    Args:
        folder: The SavedModel, with its twin.
        images: Shape (n, 28, 28).
        expected: What the trained network said, shape (n, 10).

    Raises:
        EnginesDisagreeError: One differs by more than MAX_ABS_DIFF, or agrees on fewer than MIN_AGREEMENT.
    """
    engines = {"saved_model": open_saved_model(folder), "twin": open_twin(folder / TWIN_PATH)}
    found = {name: compare(_in_batches(engine, images), expected) for name, engine in engines.items()}
    for name, parity in found.items():
        # Written so that NaN, which compares false with everything, refuses too.
        if not (parity.max_abs_diff <= MAX_ABS_DIFF and parity.agreement >= MIN_AGREEMENT):
            raise EnginesDisagreeError(
                name,
                f"agrees with the trained network on {parity.agreement:.2%} of {len(images):,} images "
                f"and differs by up to {parity.max_abs_diff:.2g}; "
                f"allowed are {MIN_AGREEMENT:.2%} and {MAX_ABS_DIFF:g}",
            )
    return MappingProxyType(found)


def compare(found: Probabilities, expected: Probabilities) -> Parity:
    """Compare two engines' probabilities for the same images, shape (n, 10) each."""
    return Parity(
        agreement=float((found.argmax(axis=1) == expected.argmax(axis=1)).mean()),
        max_abs_diff=float(np.abs(found - expected).max()),
    )


def _in_batches(engine: Engine, images: DigitImages) -> Probabilities:
    *first, size = _BATCHES
    starts = [0, *np.cumsum(first), *range(sum(first) + size, len(images), size)]
    return np.concatenate([engine(batch) for batch in np.split(images, starts[1:]) if len(batch)])
