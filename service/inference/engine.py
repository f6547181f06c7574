"""What an inference engine does, whichever library does it."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from digits.contract import DigitImages, DigitScores, Probabilities


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model says of n digit images.

    Attributes:
        probabilities: float32 (n, 10), each row sums to 1.
        digit_scores: float32 (n,), 0-1.
    """

    probabilities: Probabilities
    digit_scores: DigitScores

    @classmethod
    def of(cls, probabilities: Probabilities, digit_scores: DigitScores | None) -> "Answers":
        """Fill in what a model leaves out: its highest probability stands in for a digit score."""
        return cls(probabilities, probabilities.max(axis=1) if digit_scores is None else digit_scores)

    def __len__(self) -> int:
        return len(self.probabilities)

    def __getitem__(self, rows: slice) -> "Answers":
        return Answers(self.probabilities[rows], self.digit_scores[rows])

    @classmethod
    def concatenate(cls, parts: "list[Answers]") -> "Answers":
        """The answers of several calls as one."""
        if len(parts) == 1:
            return parts[0]
        return cls(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.digit_scores for part in parts]),
        )


class Engine(Protocol):
    """Runs one model. Called from several threads at once."""

    @property
    def name(self) -> str:
        """What `--engine` calls it."""

    @property
    def batches(self) -> bool:
        """Whether several pictures in one call cost much less than one call each."""

    @property
    def is_quick(self) -> bool:
        """Whether one picture costs so little that the event loop itself may wait for it."""

    def predict(self, images: DigitImages) -> Answers:
        """Classify digit images.

        Args:
            images: uint8 (n, SIDE, SIDE), n ≥ 1.
        """
