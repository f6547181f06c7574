"""The test labels of MNIST that are known to be wrong, and those that nobody can decide."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

CORRECTED: Final[Mapping[int, int]] = MappingProxyType(
    {947: 9, 1621: 6, 1901: 4, 2462: 0, 2597: 3, 3558: 0, 5937: 3, 6651: 6, 6783: 6, 9729: 6}
)
"""Position in the test set → what the image shows, on which the reviewers of the label errors agree.

Source:
    Northcutt, Athalye and Mueller (2021), "Pervasive Label Errors in Test Sets Destabilize Machine
    Learning Benchmarks", NeurIPS Datasets and Benchmarks, arXiv:2103.14749.
"""

UNRESOLVABLE: Final = (2130, 2654, 3520, 8527, 9679)
"""Positions of images on which they do not agree, or that they take for no digit."""


def correct_labels(labels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The labels with the errors mended; of a shorter test set, those that it has."""
    corrected = labels.copy()
    for position, digit in CORRECTED.items():
        corrected[position : position + 1] = digit
    return corrected


def are_resolvable(n: int) -> NDArray[np.bool_]:
    """Which of the first n test images show a digit that people agree on."""
    return ~np.isin(np.arange(n), UNRESOLVABLE)
