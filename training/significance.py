"""What a count of right answers allows to say: an interval, and whether two models differ."""

from dataclasses import dataclass
from math import comb, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

_Z_95: Final = 1.959964
"""The normal distribution holds 95 % within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Accuracy:
    """A share of right answers with its 95 % interval.

    Attributes:
        share: Of right answers, 0-1.
        low: Where the interval begins.
        high: Where it ends.
        wrong: Number of wrong answers.
        images: Number of answers.
    """

    share: float
    low: float
    high: float
    wrong: int
    images: int


@dataclass(frozen=True, slots=True)
class McNemar:
    """Two models on the same images.

    Attributes:
        only_first: Images that only the first model gets right.
        only_second: Images that only the second gets right.
        p_value: How likely so uneven a split is if neither is better.
    """

    only_first: int
    only_second: int
    p_value: float


def measure_accuracy(right: NDArray[np.bool_]) -> Accuracy:
    """The share of right answers, shape (n,), and Wilson's interval around it.

    Source:
        Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference",
        Journal of the American Statistical Association 22(158).
    """
    n, share = len(right), float(right.mean())
    shrink = 1 / (1 + _Z_95**2 / n)
    middle = shrink * (share + _Z_95**2 / (2 * n))
    half = shrink * _Z_95 * sqrt(share * (1 - share) / n + _Z_95**2 / (4 * n**2))
    return Accuracy(share, max(0.0, middle - half), min(1.0, middle + half), int(n - right.sum()), n)


def compare_models(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> McNemar:
    """McNemar's exact test on which images each of two models gets right, shape (n,) both.

    Source:
        McNemar (1947), "Note on the sampling error of the difference between correlated
        proportions or percentages", Psychometrika 12(2); exact: the binomial distribution.
    """
    only_first, only_second = int((first & ~second).sum()), int((second & ~first).sum())
    n, fewer = only_first + only_second, min(only_first, only_second)
    tail = sum(comb(n, k) for k in range(fewer + 1))
    return McNemar(only_first, only_second, min(1.0, 2 * tail / 2**n))
