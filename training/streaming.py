"""Batches as TensorFlow takes them, made one ahead while it computes."""

from collections.abc import Iterator
from typing import Any, Final

import tensorflow as tf

from training.batches import Batches

_AHEAD: Final = 4
"""Batches that wait, so that one that takes longer to make delays no step."""


def stream(batches: Batches) -> tf.data.Dataset:
    """An epoch of batches after another, each read when its turn comes.

    Keras would make such a dataset itself, but one that TensorFlow tunes: to end an epoch it waits until the
    tuner wakes up, which sleeps twice as long each time, as long as half of the epoch took.
    """

    def epoch() -> Iterator[tuple[Any, Any]]:
        for index in range(len(batches)):
            yield batches[index]

    shapes = tuple(tf.TensorSpec(part.shape, part.dtype) for part in batches[0])
    dataset = tf.data.Dataset.from_generator(epoch, output_signature=shapes)
    options = tf.data.Options()
    options.autotune.enabled = False
    return (
        dataset.apply(tf.data.experimental.assert_cardinality(len(batches)))
        .prefetch(_AHEAD)
        .with_options(options)
    )
