"""Averaged weights get batch norm statistics of their own."""

import keras
import numpy as np
import pytest

from training.averaging import reestimate_batch_norm


def stack(*, trainable=True):
    """Batch norm right behind the image, so that its statistics are the images' own."""
    norm = keras.layers.BatchNormalization(trainable=trainable)
    network = keras.Sequential(
        [keras.Input((28, 28), dtype="uint8"), keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), norm]
    )
    norm.moving_mean.assign(np.full(784, 9))
    return network, norm


@pytest.fixture
def batches(mnist_test):
    return [mnist_test[0][start : start + 100] for start in (0, 100, 200)]


def test_statistics_become_the_means_over_the_batches(batches):
    network, norm = stack()

    reestimate_batch_norm(network, batches)

    flat = np.stack(batches).reshape(3, 100, 784) / 255
    assert np.allclose(norm.moving_mean, flat.mean(axis=(0, 1)), atol=1e-6)
    assert np.allclose(norm.moving_variance, flat.var(axis=1).mean(axis=0), atol=1e-5)


def test_training_can_go_on_as_before(batches):
    network, norm = stack()

    reestimate_batch_norm(network, batches)

    assert norm.momentum == 0.99


def test_frozen_statistics_stay(batches):
    network, norm = stack(trainable=False)

    reestimate_batch_norm(network, batches)

    assert norm.moving_mean.numpy().tolist() == [9] * 784


def test_a_network_without_batch_norm_is_not_run():
    network = keras.Sequential([keras.Input((28, 28), dtype="uint8"), keras.layers.Flatten()])

    def refuse():
        raise AssertionError("asked for a batch")
        yield

    reestimate_batch_norm(network, refuse())
