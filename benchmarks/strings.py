"""How many strings of 2 to 8 MNIST digits are read without a mistake: by how close they stand, and in forms.

python benchmarks/strings.py [--strings 500] [--split validation]

`test` strings are made of MNIST's test images, for the figures in the docs; `validation` ones of the first
5,000 training images, on which every constant of `digits.imaging.layout` and the reader was chosen.
"""

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from forms import FORMS
from machine import machine
from numpy.typing import NDArray

from digits.errors import ImageError
from digits.imaging.read import Page, to_lines
from digits.store import ModelStore
from service.inference.engine import Engine
from service.inference.reader import read_digits
from service.inference.selection import open_engine
from service.settings import EngineChoice, Settings

Gray = NDArray[np.uint8]
Place = Callable[[Gray, Gray, np.random.Generator], int]
Write = Callable[[list[Gray], np.random.Generator], Gray]

_SOLID: Final = 64


def spaced(_: Gray, digit: Gray, random: np.random.Generator) -> int:
    """Columns between two digits' boxes: 2 to 10 of MNIST's pixels."""
    return int(random.integers(2, 11)) * len(digit) // 20


def touching(line: Gray, digit: Gray, _: np.random.Generator) -> int:
    """As many columns as part the boxes when the ink of the two first meets: often fewer than none."""
    solid, other = line >= _SOLID, cv2.dilate(digit, np.ones((3, 3), np.uint8)) >= _SOLID
    ends = np.where(solid.any(axis=1), line.shape[1] - solid[:, ::-1].argmax(axis=1), -line.shape[1])
    starts = np.where(other.any(axis=1), other.argmax(axis=1), digit.shape[1])
    return int((ends - starts).max()) - line.shape[1]


def overlapping(_: Gray, digit: Gray, random: np.random.Generator) -> int:
    """Columns by which the boxes overlap, negative: up to a tenth of a digit's width."""
    return -round(random.uniform(0, 0.1) * digit.shape[1])


def write(digits: list[Gray], random: np.random.Generator, *, place: Place) -> Gray:
    """A picture of digit images in a row, dark on light, one to four times their size."""
    scale = random.uniform(1, 4)
    line = np.zeros((0, 0), np.uint8)
    for image in digits:
        left, top, width, height = cv2.boundingRect(image)
        digit = np.zeros((28, width), np.uint8)
        shift = int(random.integers(-1, 2)) + (28 - height) // 2
        digit[shift : shift + height] = image[top : top + height, left : left + width]
        digit = np.asarray(cv2.resize(digit, None, fx=scale, fy=scale, interpolation=cv2.INTER_LINEAR))
        line = _append(line, digit, place(line, digit, random)) if line.size else digit
    margin = round(8 * scale)
    return 255 - cv2.copyMakeBorder(line, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)


def _append(line: Gray, digit: Gray, gap: int) -> Gray:
    left = max(0, line.shape[1] + gap)
    together = np.zeros((len(line), max(line.shape[1], left + digit.shape[1])), np.uint8)
    together[:, : line.shape[1]] = line
    part = together[:, left : left + digit.shape[1]]
    np.maximum(part, digit, out=part)
    return together


KINDS: Final[dict[str, Write]] = {
    "spaced": partial(write, place=spaced),
    "touching": partial(write, place=touching),
    "overlapping": partial(write, place=overlapping),
    **FORMS,
}


@dataclass(frozen=True, slots=True)
class Result:
    """How well strings were read.

    Attributes:
        exact: Share without a mistake.
        errors: Edits from what was read to what was written, as a share of the digits.
    """

    exact: float
    errors: float


def measure(
    engine: Engine, images: Gray, labels: Gray, write: Write, *, strings: int, seed: int = 0
) -> Result:
    """Write random strings and read them."""
    random = np.random.default_rng(seed)
    right = errors = digits = 0
    for _ in range(strings):
        chosen = random.integers(0, len(images), int(random.integers(2, 9)))
        picture = write([images[i] for i in chosen], random)
        try:
            found = read_digits(Page(to_lines(picture)), engine, min_digit_score=0)
        except ImageError:
            found = []
        read, written = [each.digit for each in found], labels[chosen].tolist()
        right += read == written
        errors += edits(read, written)
        digits += len(written)
    return Result(right / strings, errors / digits)


def edits(first: list[int], second: list[int]) -> int:
    """Fewest digits to put in, take out or change to make one of the other (Levenshtein's distance)."""
    row = list(range(len(second) + 1))
    for i, one in enumerate(first, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (one != other))
    return row[-1]


def digit_images(split: str) -> tuple[Gray, Gray]:
    """Digit images and their labels."""
    from training.dataset import default_cache, load_mnist  # the service's installation lacks it

    mnist = load_mnist(None, default_cache(), say=lambda _: None)
    if split == "test":
        return mnist.test_images, mnist.test_labels
    return mnist.train_images[:5000], mnist.train_labels[:5000]


def main() -> None:
    """Print one row a spacing."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--strings", type=int, default=500)
    parser.add_argument("--split", choices=("test", "validation"), default="test")
    options = parser.parse_args()
    cv2.setNumThreads(1)
    engine = open_engine(EngineChoice.LITERT, ModelStore(Path(Settings().model_store)).open(), threads=1)
    images, labels = digit_images(options.split)
    print(machine())
    for name, write in KINDS.items():
        started_s = time.perf_counter()
        result = measure(engine, images, labels, write, strings=options.strings)
        each_ms = (time.perf_counter() - started_s) / options.strings * 1000
        print(
            f"{name:<12} {result.exact:7.2%} exact, {result.errors:6.2%} of digits wrong, "
            f"{each_ms:5.1f} ms a string, drawing included"
        )


if __name__ == "__main__":
    main()
