"""A folded network computes what the trained one computes, without its batch norm."""

import keras
import numpy as np
import pytest
from keras import layers

from training.config import TrainingConfig
from training.folding import fold_batch_norm
from training.networks import build


def trained(network):
    """Give it weights and statistics such as training leaves, all away from 0 and 1."""
    random = np.random.default_rng(1)
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.set_weights([random.uniform(0.5, 2, w.shape) for w in layer.get_weights()])
        elif layer.get_weights():
            layer.set_weights([random.normal(0, 0.2, w.shape) for w in layer.get_weights()])
    return network


def stack(*middle):
    return trained(
        keras.Sequential(
            [
                keras.Input((28, 28), dtype="uint8"),
                layers.Rescaling(1 / 255),
                layers.Reshape((28, 28, 1)),
                *middle,
                layers.Flatten(),
                layers.Dense(10),
            ]
        )
    )


def norm(**options):
    return layers.BatchNormalization(**options)


def kinds(network):
    return [type(layer).__name__ for layer in network.layers]


@pytest.fixture
def images(mnist_test):
    return mnist_test[0][:16]


@pytest.mark.parametrize(
    ("middle", "left"),
    [
        pytest.param([layers.Conv2D(4, 3, use_bias=False), norm()], 0, id="convolution"),
        pytest.param([layers.Conv2D(4, 3), norm()], 0, id="convolution-with-bias"),
        pytest.param([layers.Conv2D(4, 3), norm(scale=False)], 0, id="without-scale"),
        pytest.param([layers.Conv2D(4, 3), norm(center=False)], 0, id="without-center"),
        pytest.param([layers.Conv2D(4, 3), norm(center=False, scale=False)], 0, id="without-either"),
        pytest.param([layers.Conv2D(4, 3), norm(epsilon=0.5)], 0, id="large-epsilon"),
        pytest.param([layers.Flatten(), layers.Dense(6, use_bias=False), norm()], 0, id="dense"),
        pytest.param([layers.Conv2D(4, 3), norm(), norm()], 0, id="twice"),
        pytest.param([layers.Conv2D(4, 3, activation="relu"), norm()], 1, id="after-an-activation"),
        pytest.param([norm(), layers.Conv2D(4, 3)], 1, id="before-any-kernel"),
    ],
)
def test_folds_batch_norm_into_the_kernel_before_it_and_nowhere_else(images, middle, left):
    network = stack(*middle)

    folded = fold_batch_norm(network)

    assert kinds(folded).count("BatchNormalization") == left
    assert np.allclose(folded(images), network(images, training=False), rtol=1e-4, atol=1e-4)


def test_folds_the_whole_conv_network(images):
    network = trained(build(TrainingConfig()))

    folded = fold_batch_norm(network)

    assert set(kinds(network)) - set(kinds(folded)) == {"FusedBatchNormalization", "Dropout"}
    expected = network(images, training=False).numpy()
    assert np.allclose(folded(images), expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())
    assert np.ptp(expected) > 1, "more than rounding would hide"


def test_folds_a_dense_network(images):
    network = trained(build(TrainingConfig(network="dense", batch_norm=True, activation="selu", dropout=0.1)))

    folded = fold_batch_norm(network)

    assert set(kinds(network)) - set(kinds(folded)) == {"BatchNormalization", "AlphaDropout"}
    expected = network(images, training=False).numpy()
    assert np.allclose(folded(images), expected, rtol=1e-3, atol=1e-3 * np.abs(expected).max())


def test_leaves_the_trained_network_as_it_was(images):
    network = trained(build(TrainingConfig()))
    weights, answers = network.get_weights(), network(images, training=False).numpy()
    layers_before = kinds(network)

    folded = fold_batch_norm(network)
    folded.set_weights([np.zeros_like(w) for w in folded.get_weights()])

    assert kinds(network) == layers_before
    assert all(np.array_equal(a, b) for a, b in zip(network.get_weights(), weights, strict=True))
    assert np.array_equal(network(images, training=False), answers)
