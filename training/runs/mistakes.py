"""Which digits a network takes for which, and how sure it is of that."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES, Probabilities


@dataclass(frozen=True, slots=True)
class Mistake:
    """An image that was read wrongly.

    Attributes:
        position: Of the image among those measured.
        label: The digit it shows.
        digit: The digit it was read as.
        confidence: The probability of `digit`.
    """

    position: int
    label: int
    digit: int
    confidence: float


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How one digit fares.

    Attributes:
        images: Those that show it.
        recall: Share of these that were read as it.
        precision: Share of what was read as it that shows it.
        mostly_taken_for: The digit that most of its mistakes name; None without mistakes.
    """

    images: int
    recall: float
    precision: float
    mostly_taken_for: int | None

    @property
    def f1(self) -> float:
        """The harmonic mean of both."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def count_confusions(probabilities: Probabilities, labels: NDArray[np.uint8]) -> NDArray[np.int64]:
    """How many images of each label (row) were read as each digit (column), shape (10, 10)."""
    n = len(CLASSES)
    pairs = labels.astype(np.int64) * n + probabilities.argmax(axis=1)
    return np.bincount(pairs, minlength=n * n).reshape(n, n)


def score_classes(counts: NDArray[np.int64]) -> tuple[ClassScores, ...]:
    """Scores of each digit, from `count_confusions`."""
    wrong = counts - np.diag(np.diag(counts))
    return tuple(
        ClassScores(
            images=int(counts[digit].sum()),
            recall=float(counts[digit, digit] / max(1, counts[digit].sum())),
            precision=float(counts[digit, digit] / max(1, counts[:, digit].sum())),
            mostly_taken_for=int(wrong[digit].argmax()) if wrong[digit].any() else None,
        )
        for digit in range(len(counts))
    )


def find_worst(probabilities: Probabilities, labels: NDArray[np.uint8], limit: int) -> tuple[Mistake, ...]:
    """The mistakes that the network is surest of, at most `limit`."""
    found, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    wrong = np.flatnonzero(found != labels)
    worst = wrong[np.argsort(-confidence[wrong], kind="stable")][:limit]
    return tuple(Mistake(int(i), int(labels[i]), int(found[i]), float(confidence[i])) for i in worst)
