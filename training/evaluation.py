"""What a network in memory says about digit images."""

from typing import Final

import keras
import tensorflow as tf

from digits.contract import DigitImages, Probabilities

_BATCH: Final = 500


def predict(network: keras.Model, images: DigitImages) -> Probabilities:
    """The softmax of the network's logits, shape (n, 10)."""
    logits = network.predict(images, batch_size=_BATCH, verbose=0)
    probabilities: Probabilities = tf.nn.softmax(logits).numpy()
    return probabilities
