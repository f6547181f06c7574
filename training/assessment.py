"""How good a version is, on the test set and on what photos, pens and sensors make of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitImages, Probabilities
from digits.errors import BlankImageError
from digits.imaging.read import to_digit_image
from training.corruptions import CORRUPTIONS, corrupt
from training.engines import Engine
from training.label_errors import are_resolvable, correct_labels
from training.scores import Scores, score
from training.significance import Accuracy, measure_accuracy

Track: TypeAlias = Callable[[Iterable[str]], Iterable[str]]
"""Passes names on, one at a time, and may show how far that has come."""

_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Robustness:
    """Accuracy under one corruption.

    Attributes:
        as_is: Of the corrupted images given to the network as they are.
        framed: After the service's own imaging, as if they had been uploaded.
        blank: Images on which imaging finds no digit; the service refuses them, and they count as wrong.
    """

    as_is: float
    framed: float
    blank: int


@dataclass(frozen=True, slots=True)
class Assessment:
    """All that `digits-evaluate` says of a version.

    Attributes:
        right: Shape (n,): which test images it gets right.
        accuracy: By MNIST's labels.
        corrected: By the labels with their known errors mended.
        resolvable: The same, without the images that nobody can decide.
        scores: By MNIST's labels.
        corruptions: By name.
    """

    right: NDArray[np.bool_]
    accuracy: Accuracy
    corrected: Accuracy
    resolvable: Accuracy
    scores: Scores
    corruptions: Mapping[str, Robustness]

    @property
    def mean_robustness(self) -> Robustness:
        """The mean over all corruptions; of `blank`, the sum."""
        found = list(self.corruptions.values())
        return Robustness(
            as_is=float(np.mean([each.as_is for each in found])),
            framed=float(np.mean([each.framed for each in found])),
            blank=sum(each.blank for each in found),
        )


def assess(
    engine: Engine,
    images: DigitImages,
    labels: NDArray[np.uint8],
    *,
    names: Iterable[str] = CORRUPTIONS,
    track: Track = iter,
) -> Assessment:
    """Measure an engine on MNIST's test images, in their order, shape (n, 28, 28), and labels, shape (n,).

    Args:
        engine: Of the version.
        images: All, or the first so many.
        labels: Theirs.
        names: Corruptions to measure.
        track: Sees the names go by.
    """
    probabilities = answer(engine, images)
    found = probabilities.argmax(axis=1)
    mended = found == correct_labels(labels)
    return Assessment(
        right=found == labels,
        accuracy=measure_accuracy(found == labels),
        corrected=measure_accuracy(mended),
        resolvable=measure_accuracy(mended[are_resolvable(len(images))]),
        scores=score(probabilities, labels),
        corruptions={name: _measure(engine, corrupt(name, images), labels) for name in track(names)},
    )


def answer(engine: Engine, images: DigitImages) -> Probabilities:
    """An engine's probabilities for many images, shape (n, 10), a batch at a time."""
    return np.concatenate([engine(batch) for batch in np.split(images, range(_BATCH, len(images), _BATCH))])


def _measure(engine: Engine, images: DigitImages, labels: NDArray[np.uint8]) -> Robustness:
    framed, blank = _frame(images)
    return Robustness(
        as_is=float((answer(engine, images).argmax(axis=1) == labels).mean()),
        framed=float(((answer(engine, framed).argmax(axis=1) == labels) & ~blank).mean()),
        blank=int(blank.sum()),
    )


def _frame(images: DigitImages) -> tuple[DigitImages, NDArray[np.bool_]]:
    """What the service's imaging makes of images, and on which it finds nothing, shape (n,)."""
    framed, blank = np.zeros_like(images), np.zeros(len(images), np.bool_)
    for index, image in enumerate(images):
        try:
            framed[index] = to_digit_image(image)
        except BlankImageError:
            blank[index] = True
    return framed, blank
