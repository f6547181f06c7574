"""From the pictures of a chunk to its rows: imaging and the network, in one process."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from digits.contract import CLASSES, OUTPUT, SCORE_OUTPUT, SIDE, DigitImage
from digits.errors import DigitsError
from digits.imaging import read_digit
from training.bulk.chunks import Chunk, Picture
from training.bulk.rows import Fault, Rows, written

if TYPE_CHECKING:
    from training.engines import Outputs, OutputsEngine  # loads LiteRT, which whoever asks a service has not

BATCH: Final = 32
"""Digit images of one call; the last is filled up, since LiteRT prepares itself anew for each other size."""

MAX_PIXELS: Final = 50_000_000
"""As the service's default: a larger picture is a mistake or an attack."""


def find(picture: bytes) -> DigitImage:
    """See `digits.imaging.read_digit`."""
    return read_digit(picture, max_pixels=MAX_PIXELS).image


def recognize(chunk: Chunk, engine: "OutputsEngine", find: Callable[[bytes], DigitImage] = find) -> Rows:
    """Read a chunk's pictures; whatever is wrong with one is its row's fault, and no other's."""
    sources = tuple(map(written, chunk.sources))
    images: list[DigitImage] = []
    places: list[int] = []
    faults: dict[int, Fault] = {}
    for row, (source, picture) in enumerate(zip(sources, chunk.pictures(), strict=True)):
        found = _image(source, picture, find)
        if isinstance(found, Fault):
            faults[row] = found
        else:
            images.append(found)
            places.append(row)
    answers = _answer(images, engine)
    count = len(sources)
    probabilities = np.zeros((count, len(CLASSES)), np.float32)
    probabilities[places] = answers[OUTPUT]
    scores = None
    if SCORE_OUTPUT in answers:
        scores = np.zeros(count, np.float32)
        scores[places] = answers[SCORE_OUTPUT]
    return Rows(sources, probabilities, scores, faults)


def _image(source: str, picture: Picture, find: Callable[[bytes], DigitImage]) -> DigitImage | Fault:
    if isinstance(picture, OSError):
        return Fault(source, "unreadable-file", picture.strerror or str(picture))
    try:
        return find(picture)
    except DigitsError as error:
        return Fault(source, error.code, str(error))
    except Exception as error:  # noqa: BLE001 - a bug that one picture of a million meets is that picture's
        return Fault(source, "internal-error", f"{type(error).__name__}: {error}")


def _answer(images: Sequence[DigitImage], engine: "OutputsEngine") -> "Outputs":
    batches = []
    for first in range(0, max(1, len(images)), BATCH):
        batch = np.zeros((BATCH, SIDE, SIDE), np.uint8)
        given = images[first : first + BATCH]
        batch[: len(given)] = np.stack(given) if given else 0
        batches.append({name: output[: len(given)] for name, output in engine(batch).items()})
    return {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
