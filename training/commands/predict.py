"""`digits-predict`: the command that reads the digits on pictures, by a model or by a running service.

It imports what the chosen way needs: a model wants the extra `serve` or `train`, a service `client`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from digits.contract import CLASSES, Probabilities
from digits.errors import DigitsError
from digits.imaging import read_digit
from digits.store import ModelStore
from training import console
from training.quiet import quiet_tensorflow

if TYPE_CHECKING:
    from training.engines import Engine

NAME: Final = "digits-predict"
_MAX_PIXELS: Final = 50_000_000
"""As the service's default: a larger picture is a mistake or an attack."""


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `digits-predict`.

    Args:
        arguments: What follows the command's name; None for the process's own.

    Returns:
        The exit status: 0 when all pictures were read.
    """
    options = _parser().parse_args(arguments)
    failed: list[Reading] = []
    status = console.run(NAME, lambda: failed.extend(_predict(options)))
    return status or (console.FAILED if failed else 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Read one handwritten digit from each picture, by a published version, by the "
        "checkpoint of a run, or by a running service. "
        "Exit status: 0 all were read, 1 some could not be, 2 bad option.",
    )
    parser.add_argument("pictures", nargs="+", type=Path, metavar="picture", help="PNG, JPEG and the like")
    parser.add_argument(
        "--model-store", type=Path, default=Path("model_store"), help="(default: %(default)s)"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--version", type=int, help="number of the version (default: the newest)")
    chosen.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="a file that digits-train --checkpoint wrote"
    )
    chosen.add_argument(
        "--url",
        type=_url,
        help="where a service runs, such as http://127.0.0.1:8000; no model is opened here",
    )
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="with --url: a file with the API key, where one is asked for",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs, not a table for people")
    return parser


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{value!r} does not begin with http:// or https://")
    return value


def _predict(options: argparse.Namespace) -> list[Reading]:
    """Print what the pictures show, and give back those that show nothing."""
    if options.url:
        readings = list(_ask(options.pictures, options.url, options.key_file))
    else:
        with quiet_tensorflow():
            engine = _open(options)
            readings = list(_read(options.pictures, engine))
    if options.json:
        console.say(json.dumps([_document(reading) for reading in readings], indent=2))
    else:
        console.say("\n".join(_table(readings)))
    return [reading for reading in readings if reading.error]


def _open(options: argparse.Namespace) -> "Engine":
    if options.checkpoint is None:
        from training.engines import open_version

        return open_version(ModelStore(options.model_store).open(options.version or "latest"))
    from training.checkpoint import open_network
    from training.evaluation import predict

    network = open_network(options.checkpoint)
    return lambda images: predict(network, images)


def _read(pictures: Iterable[Path], engine: "Engine") -> Iterator[Reading]:
    for picture in pictures:
        try:
            image = read_digit(picture.read_bytes(), max_pixels=_MAX_PIXELS).image
        except (DigitsError, OSError) as error:
            yield Reading(str(picture), None, _reason(error))
        else:
            yield Reading(str(picture), engine(image[np.newaxis])[0])


def _ask(pictures: Iterable[Path], url: str, key_file: Path | None) -> Iterator[Reading]:
    """Have a service read the pictures, several at a time."""
    from digits.client import Client, Prediction

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


def _document(reading: Reading) -> dict[str, Any]:
    if reading.probabilities is None:
        return {"picture": reading.picture, "error": reading.error}
    return {
        "picture": reading.picture,
        "digit": int(reading.probabilities.argmax()),
        "confidence": float(reading.probabilities.max()),
        "probabilities": reading.probabilities.tolist(),
    }


def _table(readings: Sequence[Reading]) -> Iterator[str]:
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


if __name__ == "__main__":
    sys.exit(main())
