"""What a network in memory says about digit images."""

from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitImages, DigitScores, Probabilities
from training import heads

_BATCH: Final = 500


def predict_logits(network: keras.Model, images: DigitImages) -> NDArray[np.float32]:
    """The network's logits, shape (n, 10), or (n, 11) where it scores what is no digit."""
    logits: NDArray[np.float32] = network.predict(images, batch_size=_BATCH, verbose=0)
    return logits


def predict(network: keras.Model, images: DigitImages) -> Probabilities:
    """Probabilities of the ten digits, shape (n, 10)."""
    found: Probabilities = heads.probabilities(predict_logits(network, images)).numpy()
    return found


def predict_scores(network: keras.Model, images: DigitImages) -> DigitScores:
    """Digit scores of a network with eleven outputs, shape (n,)."""
    found: DigitScores = heads.digit_scores(predict_logits(network, images)).numpy()
    return found
