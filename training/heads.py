"""What a network's logits mean: ten digits, and where there is an eleventh, no digit at all."""

import tensorflow as tf

from digits.contract import CLASSES

_DIGITS = len(CLASSES)


def scores_digits(logits: tf.Tensor) -> bool:
    """Whether there is an eleventh."""
    return int(logits.shape[-1]) > _DIGITS


def probabilities(logits: tf.Tensor) -> tf.Tensor:
    """Of each digit, if it is one: the softmax of the first ten, float32 (n, 10)."""
    return tf.nn.softmax(logits[:, :_DIGITS])


def digit_scores(logits: tf.Tensor) -> tf.Tensor:
    """How likely it is a digit at all: all but the eleventh's share, float32 (n,)."""
    return 1 - tf.nn.softmax(logits)[:, _DIGITS]
