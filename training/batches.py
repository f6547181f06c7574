"""The training images in shuffled, augmented batches, each a function of seed, epoch and position."""

from collections.abc import Callable

import keras
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImages


class Batches(keras.utils.PyDataset):  # type: ignore[misc] # Keras has no types
    """Full batches in an order that changes every epoch.

    Keras must not shuffle on top (`shuffle=False`): its order would come from the process's history.

    Every batch has its own generator, so that a batch is the same whoever asks for it and when.
    What does not fill a batch is left out: TensorFlow would compile the step anew for its size.
    """

    def __init__(
        self,
        images: DigitImages,
        labels: NDArray[np.uint8],
        *,
        size: int,
        seed: int,
        augment: Callable[[DigitImages, Generator], DigitImages],
    ) -> None:
        super().__init__()
        self._images, self._labels = images, labels
        self._size, self._seed, self._augment = size, seed, augment
        self._epoch = 0
        self._order = self._shuffled()

    def __len__(self) -> int:
        return len(self._images) // self._size

    def __getitem__(self, index: int) -> tuple[DigitImages, NDArray[np.uint8]]:
        chosen = self._order[index * self._size : (index + 1) * self._size]
        random = np.random.default_rng((self._seed, self._epoch, 1 + index))
        return self._augment(self._images[chosen], random), self._labels[chosen]

    def on_epoch_end(self) -> None:
        """Shuffle anew; Keras calls this."""
        self._epoch += 1
        self._order = self._shuffled()

    def _shuffled(self) -> NDArray[np.int64]:
        return np.random.default_rng((self._seed, self._epoch, 0)).permutation(len(self._images))
