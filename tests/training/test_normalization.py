"""Fused batch norm computes what Keras's own does, but for Bessel's correction of the variance kept."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from training.normalization import FusedBatchNormalization

VALUES = 8 * 5 * 5
"""That each channel's statistics are taken over."""


@pytest.fixture
def features():
    return np.random.default_rng(1).normal(3, 2, (8, 5, 5, 4)).astype(np.float32)


def both(**options):
    return FusedBatchNormalization(**options), layers.BatchNormalization(**options)


def test_normalizes_as_keras_does(features):
    fused, keras_own = both()

    for training in (True, False):
        found, expected = (norm(features, training=training).numpy() for norm in (fused, keras_own))
        assert np.allclose(found, expected, atol=2e-3), "statistics kept differ by Bessel's correction"


def test_keeps_the_statistics_that_keras_keeps(features):
    fused, keras_own = both(momentum=0.9)

    for norm in (fused, keras_own):
        norm(features, training=True)

    assert np.allclose(fused.moving_mean, keras_own.moving_mean, atol=1e-5)
    expected = 0.9 + (keras_own.moving_variance - 0.9) * VALUES / (VALUES - 1)
    assert np.allclose(fused.moving_variance, expected, atol=1e-5)


def test_passes_the_gradients_that_keras_passes(features):
    gradients = []
    for norm in both():
        norm.build(features.shape)
        norm.gamma.assign([1.0, 2.0, 3.0, 4.0])
        with tf.GradientTape() as tape:
            inputs = tf.constant(features)
            tape.watch(inputs)
            loss = tf.reduce_sum(norm(inputs, training=True) ** 3)
        gradients.append(tape.gradient(loss, [inputs, norm.gamma.value, norm.beta.value]))

    for found, expected in zip(*gradients, strict=True):
        assert np.allclose(found, expected, rtol=1e-3, atol=1e-2)


def test_frozen_it_keeps_its_statistics(features):
    norm = FusedBatchNormalization()
    norm.build(features.shape)
    norm.trainable = False

    norm(features, training=True)

    assert np.array_equal(norm.moving_mean, np.zeros(4))


def test_in_16_bits_it_takes_statistics_in_32(features):
    norm = FusedBatchNormalization(dtype="mixed_bfloat16", momentum=0.0)

    normalized = norm(features, training=True)

    assert normalized.dtype == tf.bfloat16
    assert np.allclose(norm.moving_mean, features.mean(axis=(0, 1, 2)), atol=0.01)


def test_is_rebuilt_from_a_checkpoint():
    network = keras.Sequential([keras.Input((5, 5, 4)), FusedBatchNormalization(momentum=0.5)])

    rebuilt = keras.models.model_from_json(network.to_json())

    assert isinstance(rebuilt.layers[0], FusedBatchNormalization)
    assert rebuilt.layers[0].momentum == 0.5
