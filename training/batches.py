"""The training images in shuffled, augmented batches, each a function of seed, epoch and position."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImages

Augment: TypeAlias = Callable[[DigitImages, Generator], DigitImages]

Targets: TypeAlias = NDArray[Any]
"""Class numbers, uint8 (n,), or a probability of each class, float32 (n, classes)."""

Teach: TypeAlias = Callable[[DigitImages, NDArray[np.uint8]], Targets]
"""What is to be learned of images, from their labels."""


def teach_labels(_: DigitImages, labels: NDArray[np.uint8]) -> Targets:
    """The labels themselves."""
    return labels


@dataclass(frozen=True, slots=True)
class Part:
    """Images of one origin, and how much of each batch is theirs.

    Attributes:
        images: uint8 (n, 28, 28), at least as many as places.
        labels: uint8 (n,).
        places: Of a batch.
        augment: Changes them, each time anew.
        teach: What is to be learned of them as they then are; of all parts alike.
        spoil: Changes them once more, so that the same is to be learned of less.
    """

    images: DigitImages
    labels: NDArray[np.uint8]
    places: int
    augment: Augment
    teach: Teach = teach_labels
    spoil: Augment | None = None


class Batches:
    """Full batches in an order that changes every epoch.

    An epoch goes once through the first part; the others go round at their own pace, shuffled anew
    each time. Every batch has its own generator, so that a batch is the same whoever asks for it and
    when. What does not fill its places waits for the next shuffle: TensorFlow would compile the step
    anew for a smaller batch.
    """

    def __init__(self, parts: Sequence[Part], *, seed: int) -> None:
        self._parts, self._seed = tuple(parts), seed
        self._epoch = 0
        self._orders: dict[int, tuple[int, NDArray[np.int64]]] = {}

    def __len__(self) -> int:
        return len(self._parts[0].images) // self._parts[0].places

    def __getitem__(self, index: int) -> tuple[DigitImages, Targets]:
        random = np.random.default_rng((self._seed, self._epoch, 1 + index))
        images, targets = [], []
        for number, part in enumerate(self._parts):
            chosen = self._chosen(number, self._epoch * len(self) + index)
            augmented = part.augment(part.images[chosen], random)
            targets.append(part.teach(augmented, part.labels[chosen]))
            images.append(part.spoil(augmented, random) if part.spoil else augmented)
        return np.concatenate(images), np.concatenate(targets)

    def begin(self, epoch: int) -> None:
        """Go to an epoch, counted from 0."""
        self._epoch = epoch

    def _chosen(self, number: int, batch: int) -> NDArray[np.int64]:
        """Which images of a part a batch has, counted from the run's first batch."""
        part = self._parts[number]
        turn, position = divmod(batch, len(part.images) // part.places)
        if self._orders.get(number, (-1,))[0] != turn:
            random = np.random.default_rng((self._seed, turn, 0, number))
            self._orders[number] = turn, random.permutation(len(part.images))
        return self._orders[number][1][position * part.places : (position + 1) * part.places]
