"""What the service answers, typed."""

from dataclasses import dataclass

import numpy as np

from digits.contract import DigitScores, Probabilities


@dataclass(frozen=True, slots=True)
class Model:
    """Which model answered."""

    name: str
    version: int
    engine: str


@dataclass(frozen=True, slots=True)
class Prediction:
    """The digit on a picture.

    Attributes:
        digit: The most probable digit, 0-9.
        confidence: Its probability, 0-1.
        probabilities: Of each digit from 0 to 9.
        is_digit: Whether the picture looks like a digit at all, as the service is set.
        digit_score: How much it does, 0-1.
    """

    digit: int
    confidence: float
    probabilities: tuple[float, ...]
    is_digit: bool
    digit_score: float
    model: Model


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels of the picture, upright."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DigitOnPage:
    """One of the digits on a picture.

    Attributes:
        confidence: Its probability, 0-1.
        line: Which of the lines it is on, from 0.
    """

    digit: int
    confidence: float
    line: int
    box: Box


@dataclass(frozen=True, slots=True)
class Reading:
    """All digits on a picture, in reading order.

    Attributes:
        text: All lines, with a line feed between two.
    """

    text: str
    lines: tuple[str, ...]
    digits: tuple[DigitOnPage, ...]
    model: Model


@dataclass(frozen=True, slots=True)
class Classification:
    """What the model says of n digit images.

    Attributes:
        probabilities: float32 (n, 10).
        digit_scores: float32 (n,), 0-1.
        model_version: Which version answered.
    """

    probabilities: Probabilities
    digit_scores: DigitScores
    model_version: int

    @property
    def digits(self) -> tuple[int, ...]:
        """The most probable digit of each image."""
        return tuple(self.probabilities.argmax(axis=1).tolist())

    @classmethod
    def concatenate(cls, parts: "list[Classification]") -> "Classification":
        """The answers to several requests as one; the last one's version."""
        return cls(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.digit_scores for part in parts]),
            parts[-1].model_version,
        )
