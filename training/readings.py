"""A few pictures, read by a model or by a service, as a table or as JSON."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from digits.contract import CLASSES, Probabilities
from training.bulk.recognition import recognize
from training.bulk.sources.folder import FilesChunk
from training.errors import NotInstalledError

if TYPE_CHECKING:
    from training.engines import OutputsEngine


@dataclass(frozen=True, slots=True)
class Reading:
    """What a picture shows, or why it cannot be read.

    Attributes:
        probabilities: float32 (10,); None where there is an error.
        error: What is wrong with the picture.
    """

    picture: str
    probabilities: Probabilities | None
    error: str | None = None


def read(pictures: Sequence[Path], engine: "OutputsEngine") -> list[Reading]:
    """Read pictures by a model that is open here."""
    rows = recognize(FilesChunk(Path(), tuple(map(str, pictures))), engine)
    return [
        Reading(source, None, rows.faults[row].message)
        if row in rows.faults
        else Reading(source, rows.probabilities[row])
        for row, source in enumerate(rows.sources)
    ]


def ask(pictures: Iterable[Path], url: str, key_file: Path | None) -> Iterator[Reading]:
    """Have a service read the pictures, several at a time.

    Raises:
        NotInstalledError: The client's library is missing.
    """
    try:
        from digits.client import Client, Prediction
    except ModuleNotFoundError as error:
        raise NotInstalledError(str(error.name), "client") from error

    files = [(picture, _bytes(picture)) for picture in pictures]
    key = key_file.read_text().strip() if key_file else None
    with Client(url, key=key) as client:
        answers = iter(client.predict_many([file for _, file in files if isinstance(file, bytes)]))
    for picture, file in files:
        answer = next(answers) if isinstance(file, bytes) else file
        if isinstance(answer, Prediction):
            yield Reading(str(picture), np.array(answer.probabilities, np.float32))
        else:
            yield Reading(str(picture), None, _reason(answer))


def _bytes(picture: Path) -> bytes | OSError:
    try:
        return picture.read_bytes()
    except OSError as error:
        return error


def _reason(error: Exception) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def as_json(readings: Iterable[Reading]) -> str:
    """For programs."""
    return json.dumps([_document(reading) for reading in readings], indent=2)


def _document(reading: Reading) -> dict[str, Any]:
    if reading.probabilities is None:
        return {"picture": reading.picture, "error": reading.error}
    return {
        "picture": reading.picture,
        "digit": int(reading.probabilities.argmax()),
        "confidence": float(reading.probabilities.max()),
        "probabilities": reading.probabilities.tolist(),
    }


def as_table(readings: Sequence[Reading]) -> str:
    """For people."""
    return "\n".join(_lines(readings))


def _lines(readings: Sequence[Reading]) -> Iterator[str]:
    width = max(len("picture"), *(len(reading.picture) for reading in readings))
    yield f"{'picture':{width}}  digit  confidence  else"
    for reading in readings:
        if reading.probabilities is None:
            yield f"{reading.picture:{width}}  {reading.error}"
            continue
        second, first = np.argsort(reading.probabilities)[-2:]
        yield (
            f"{reading.picture:{width}}  {CLASSES[first]:>5}  {reading.probabilities[first]:10.2%}"
            f"  {CLASSES[second]} {reading.probabilities[second]:.2%}"
        )
