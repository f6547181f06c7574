"""TensorFlow reads the batches of the epoch that has begun, all of them, in order."""

import numpy as np

from training.batches import Batches, Part
from training.streaming import stream

IMAGES = np.repeat(np.arange(50, dtype=np.uint8), 784).reshape(50, 28, 28)


def test_each_pass_is_the_epoch_that_has_begun():
    batches = Batches([Part(IMAGES, IMAGES[:, 0, 0], 8, lambda images, _: images)], seed=1)
    dataset = stream(batches)

    for epoch in (0, 3, 1):
        batches.begin(epoch)
        seen = [labels.numpy() for _, labels in dataset]
        assert np.array_equal(seen, [batches[index][1] for index in range(6)])


def test_says_how_long_an_epoch_is_and_is_not_tuned():
    batches = Batches([Part(IMAGES, IMAGES[:, 0, 0], 8, lambda images, _: images)], seed=1)

    dataset = stream(batches)

    assert len(dataset) == 6
    assert dataset.options().autotune.enabled is False
