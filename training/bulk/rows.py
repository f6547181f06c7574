"""What a model says of a chunk: a row for each picture, read or not."""

from dataclasses import dataclass
from typing import Final

from digits.contract import CLASSES, DigitScores, Probabilities

COLUMNS: Final = (
    "source",
    "digit",
    "probability",
    *(f"probability_{label}" for label in CLASSES),
    "digit_score",
    "error_code",
    "error",
)
"""Of every file of answers. All between `source` and `error_code` are empty where there is an error."""


def written(source: str) -> str:
    """A name as it is written: what is not Unicode in a file's name, with backslashes."""
    return source.encode(errors="backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a picture was not read.

    Attributes:
        code: Stable, as in docs/errors.md; `unreadable-file` where the file itself cannot be had.
    """

    source: str
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The answers of one chunk.

    Attributes:
        sources: Names as they are written.
        probabilities: float32 (n, 10); of no meaning where there is a fault.
        digit_scores: float32 (n,), the same; None where the model has none.
        faults: By row.
    """

    sources: tuple[str, ...]
    probabilities: Probabilities
    digit_scores: DigitScores | None
    faults: dict[int, Fault]
