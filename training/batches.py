"""The training images in shuffled, augmented batches, each a function of seed, epoch and position."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import keras
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImages

_UNCHANGED: Final = 2**32
"""Where an epoch would stand in a generator's seed: no run has so many."""


@dataclass(frozen=True, slots=True)
class Part:
    """Images of one origin, and how much of each batch is theirs.

    Attributes:
        images: uint8 (n, 28, 28), at least as many as places.
        labels: uint8 (n,).
        places: Of a batch.
        augment: Changes them, each time anew.
    """

    images: DigitImages
    labels: NDArray[np.uint8]
    places: int
    augment: Callable[[DigitImages, Generator], DigitImages]


class Batches(keras.utils.PyDataset):  # type: ignore[misc] # Keras has no types
    """Full batches in an order that changes every epoch.

    Keras must not shuffle on top (`shuffle=False`): its order would come from the process's history.

    An epoch goes once through the first part; the others go round at their own pace, shuffled anew
    each time. Every batch has its own generator, so that a batch is the same whoever asks for it and
    when. What does not fill its places waits for the next shuffle: TensorFlow would compile the step
    anew for a smaller batch.
    """

    def __init__(self, parts: Sequence[Part], *, seed: int) -> None:
        super().__init__()
        self._parts, self._seed = tuple(parts), seed
        self._epoch = 0
        self._orders: dict[int, tuple[int, NDArray[np.int64]]] = {}

    def __len__(self) -> int:
        return len(self._parts[0].images) // self._parts[0].places

    def __getitem__(self, index: int) -> tuple[DigitImages, NDArray[np.uint8]]:
        random = np.random.default_rng((self._seed, self._epoch, 1 + index))
        images, labels = [], []
        for number, part in enumerate(self._parts):
            chosen = self._chosen(number, self._epoch * len(self) + index)
            images.append(part.augment(part.images[chosen], random))
            labels.append(part.labels[chosen])
        return np.concatenate(images), np.concatenate(labels)

    def unchanged(self, count: int) -> Iterator[DigitImages]:
        """So many batches of the first part's images as they are, each of another choice."""
        part, random = self._parts[0], np.random.default_rng((self._seed, _UNCHANGED))
        for _ in range(count):
            yield part.images[random.choice(len(part.images), part.places, replace=False)]

    def restart(self, epochs_done: int) -> None:
        """Go on, or go back, to where a run is after so many epochs: Keras begins by ending one more."""
        self._epoch = epochs_done

    def on_epoch_end(self) -> None:
        """Go on to the next epoch; Keras calls this."""
        self._epoch += 1

    def _chosen(self, number: int, batch: int) -> NDArray[np.int64]:
        """Which images of a part a batch has, counted from the run's first batch."""
        part = self._parts[number]
        turn, position = divmod(batch, len(part.images) // part.places)
        if self._orders.get(number, (-1,))[0] != turn:
            random = np.random.default_rng((self._seed, turn, 0, number))
            self._orders[number] = turn, random.permutation(len(part.images))
        return self._orders[number][1][position * part.places : (position + 1) * part.places]
