"""What every corruption is, and how it gets back to whole levels."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImages

Corruption: TypeAlias = Callable[[DigitImages, Generator], DigitImages]
"""Maps digit images to worse ones, shape (n, 28, 28), and draws from the generator."""


def to_levels(values: NDArray[np.floating[Any]]) -> DigitImages:
    """Levels 0 to 255 as whole numbers; what lies outside is clipped."""
    return np.asarray(np.clip(np.rint(values), 0, 255), np.uint8)
