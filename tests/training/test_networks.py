"""Networks take digit images as they are, and their optimizer moves what it should."""

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.networks import NETWORKS, build
from training.optimization import build_optimizer

STEPS = 200


@pytest.mark.parametrize("name", NETWORKS)
def test_takes_digit_images_and_gives_logits(name, mnist_test):
    network = build(TrainingConfig(network=name))

    logits = network(mnist_test[0][:3], training=False)

    assert logits.shape == (3, 10)
    assert logits.dtype == "float32"
    assert [(tensor.shape, tensor.dtype) for tensor in network.inputs] == [((None, 28, 28), "uint8")]


def test_the_conv_network_is_as_large_as_it_says():
    assert build(TrainingConfig()).count_params() == pytest.approx(198_000, abs=1_000)


def test_drops_the_configured_share():
    dropout = [layer.rate for layer in build(TrainingConfig(dropout=0.25)).layers if "dropout" in layer.name]

    assert dropout == [0.25]


@pytest.mark.parametrize(
    ("warmup_fraction", "step", "share_of_peak"),
    [
        pytest.param(0.1, 0, 0.0, id="starts-at-0"),
        pytest.param(0.1, 10, 0.5, id="rises-evenly"),
        pytest.param(0.1, 20, 1.0, id="peaks-after-warm-up"),
        pytest.param(0.1, 110, 0.5, id="halves-midway-down"),
        pytest.param(0.1, STEPS, 0.0, id="ends-at-0"),
        pytest.param(0.0, 0, 1.0, id="no-warm-up"),
        pytest.param(1.0, STEPS - 1, 0.995, id="nothing-but-warm-up"),
    ],
)
def test_the_rate_warms_up_then_decays_by_a_cosine(warmup_fraction, step, share_of_peak):
    config = TrainingConfig(peak_learning_rate=0.01, warmup_fraction=warmup_fraction)
    optimizer = build_optimizer(config, STEPS)

    optimizer.iterations.assign(step)

    assert float(optimizer.learning_rate) == pytest.approx(0.01 * share_of_peak, abs=1e-7)


def test_decays_kernels_and_spares_biases_and_batch_norm():
    config = TrainingConfig(peak_learning_rate=0.1, warmup_fraction=0, weight_decay=0.5)
    network = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(3, bias_initializer="ones"), keras.layers.BatchNormalization()]
    )
    variables = network.trainable_variables
    before = [variable.numpy() for variable in variables]

    build_optimizer(config, STEPS).apply([np.zeros(v.shape, np.float32) for v in variables], variables)

    kernel, *spared = (variable.numpy() for variable in variables)
    assert np.allclose(kernel, before[0] * (1 - 0.1 * 0.5))
    assert [v.tolist() for v in spared] == [v.tolist() for v in before[1:]]
