"""What people said against answers, as digit images with labels: some to train on, some held out."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES, SIDE, DigitImages
from digits.corrections.reading import read_corrections
from digits.corrections.record import NONE
from digits.errors import ImageError
from digits.imaging import read_digit
from training.errors import TooFewCorrectionsError

Split: TypeAlias = tuple[DigitImages, NDArray[np.uint8]]
"""Images (n, 28, 28) and their labels (n,), 0-9 or, for no digit, the number after them."""

FEWEST: Final = 20
"""Below it nothing can be learned, and less be said of it."""

FEWEST_HELD_OUT: Final = 4

_HELD_OUT_IN: Final = 5
"""One in so many is held out, by the hash of its picture: in every run the same ones, so that a version
that was tuned on corrections before has not seen what the next one is judged by."""

_MAX_PIXELS: Final = 1_000_000
"""Ten times what is ever kept of a picture."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """Corrections as training takes them.

    Attributes:
        training: To train on.
        held_out: To compare versions by; no training ever sees them.
        sha256: Of which pictures there are and what they are labeled, in hexadecimal.
    """

    training: Split
    held_out: Split
    sha256: str


def load_corrections(source: str, *, with_none: bool, say: Callable[[str], None]) -> Corrections:
    """Read corrections and frame their pictures as the service does.

    Args:
        source: The path of an export, or the URL of a database.
        with_none: Whether what is no digit is wanted too.
        say: Gets a line about how many there are.

    Raises:
        CorrectionsError: They cannot be read.
        TooFewCorrectionsError: There are too few.
    """
    parts: dict[bool, list[tuple[DigitImages, int]]] = {False: [], True: []}
    digest = hashlib.sha256()
    left_out = 0
    for correction, picture in sorted(read_corrections(source), key=lambda each: each[0].picture_sha256):
        try:
            image = read_digit(picture, max_pixels=_MAX_PIXELS).image
        except ImageError:  # on which the service would not have answered
            left_out += 1
            continue
        if correction.label == NONE and not with_none:
            left_out += 1
            continue
        label = len(CLASSES) if correction.label == NONE else int(correction.label)
        is_held_out = int(correction.picture_sha256, 16) % _HELD_OUT_IN == 0
        parts[is_held_out].append((image, label))
        digest.update(f"{correction.picture_sha256} {correction.label}\n".encode())
    training, held_out = _split(parts[False]), _split(parts[True])
    count = len(training[1]), len(held_out[1])
    if sum(count) < FEWEST or count[1] < FEWEST_HELD_OUT:
        raise TooFewCorrectionsError(sum(count), count[1], FEWEST, FEWEST_HELD_OUT)
    say(f"Corrections: {count[0]:,} to train on, {count[1]:,} held out, {left_out:,} of no use.")
    return Corrections(training, held_out, digest.hexdigest())


def _split(part: list[tuple[DigitImages, int]]) -> Split:
    images = np.array([image for image, _ in part], np.uint8).reshape(-1, SIDE, SIDE)
    return images, np.array([label for _, label in part], np.uint8)
