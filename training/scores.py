"""How good probabilities are: accuracy, and how far they can be believed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitScores, Probabilities

_BINS: Final = 15
"""As in Guo et al. (2017), so that figures compare."""


@dataclass(frozen=True, slots=True)
class Scores:
    """Measured on one split.

    Attributes:
        accuracy: Share of images whose likeliest class is the label.
        nll: Mean negative log likelihood of the label, in nats.
        brier: Mean squared distance between the probabilities and the label's corner, 0 to 2
            (Brier 1950, "Verification of forecasts expressed in terms of probability").
        ece: Expected calibration error: how far confidence lies from accuracy, over 15 equally wide
            bins (Guo et al. 2017, "On Calibration of Modern Neural Networks", arXiv:1706.04599).
    """

    accuracy: float
    nll: float
    brier: float
    ece: float


def score(probabilities: Probabilities, labels: NDArray[np.uint8]) -> Scores:
    """Score probabilities, shape (n, 10), against labels, shape (n,)."""
    exact = probabilities.astype(np.float64)
    correct = exact.argmax(axis=1) == labels
    of_label = exact[np.arange(len(labels)), labels]
    corners = np.eye(exact.shape[1])[labels]
    return Scores(
        accuracy=float(correct.mean()),
        nll=float(-np.log(np.maximum(of_label, np.finfo(np.float32).tiny)).mean()),
        brier=float(((exact - corners) ** 2).sum(axis=1).mean()),
        ece=_calibration_error(exact.max(axis=1), correct),
    )


@dataclass(frozen=True, slots=True)
class Rejection:
    """How well digit scores tell digits from all else.

    Attributes:
        auroc: Chance that a digit scores above what is none, ties half.
        refused: Share of what is no digit that scores below one half.
        digits_lost: Share of digits that do.
    """

    auroc: float
    refused: float
    digits_lost: float


def score_rejection(of_digits: DigitScores, of_others: DigitScores) -> Rejection:
    """Compare the digit scores of digits, shape (n,), and of what is none, shape (m,)."""
    ranked = np.sort(of_digits)
    below = np.searchsorted(ranked, of_others, side="left")
    ties = np.searchsorted(ranked, of_others, side="right") - below
    wins = len(ranked) - below - ties
    return Rejection(
        auroc=float((wins + ties / 2).mean() / len(ranked)),
        refused=float((of_others < 0.5).mean()),
        digits_lost=float((of_digits < 0.5).mean()),
    )


def _calibration_error(confidence: NDArray[np.float64], correct: NDArray[np.bool_]) -> float:
    """The mean of |accuracy - confidence| over bins, each weighted by its images."""
    bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    gaps = np.bincount(bins, weights=correct - confidence, minlength=_BINS)
    return float(np.abs(gaps).sum() / len(confidence))
