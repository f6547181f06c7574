"""The loss is the one that is asked for, and the optimizer moves what it should."""

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.optimization import build_loss, build_optimizer

STEPS = 200


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


def test_a_constant_rate_warms_up_and_stays():
    optimizer = build_optimizer(
        TrainingConfig(schedule="constant", peak_learning_rate=0.01, warmup_fraction=0.1), STEPS
    )

    rates = []
    for step in (10, 20, 100, STEPS, 10 * STEPS):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))

    assert rates == pytest.approx([0.005, 0.01, 0.01, 0.01, 0.01])


def one_weight(value=0.0):
    weight = keras.Variable(np.array(value, np.float32), name="kernel")
    return weight, [weight]


def test_plain_sgd_steps_down_the_gradient_by_the_rate():
    weight, variables = one_weight(1.0)
    config = TrainingConfig(
        optimizer="sgd", schedule="constant", peak_learning_rate=0.1, warmup_fraction=0, weight_decay=0
    )
    optimizer = build_optimizer(config, STEPS)

    for _ in range(2):
        optimizer.apply([np.float32(2.0)], variables)

    assert float(weight) == pytest.approx(1 - 2 * 0.1 * 2)


def test_averages_the_weights_of_all_steps():
    weight, variables = one_weight()
    config = TrainingConfig(
        optimizer="sgd",
        schedule="constant",
        peak_learning_rate=1,
        warmup_fraction=0,
        weight_decay=0,
        weight_averaging=0.5,
    )
    optimizer = build_optimizer(config, STEPS)

    for _ in range(3):  # to -1, -2, -3
        optimizer.apply([np.float32(1.0)], variables)
    optimizer.finalize_variable_values(variables)

    assert float(weight) == pytest.approx(0.5 * (0.5 * -1 + 0.5 * -2) + 0.5 * -3)


LOGITS = np.array([[2.0, -1.0, 0.5], [0.0, 3.0, 1.0]], np.float32)
LOG_SOFTMAX = LOGITS - np.log(np.exp(LOGITS).sum(axis=1, keepdims=True))


@pytest.mark.parametrize(
    ("smoothing", "labels"),
    [
        pytest.param(0.0, [[1, 0, 0], [0, 0, 1]], id="hard"),
        pytest.param(0.3, [[0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], id="smooth"),
    ],
)
def test_the_loss_is_the_cross_entropy_with_the_labels(smoothing, labels):
    loss = build_loss(TrainingConfig(label_smoothing=smoothing))

    found = loss(np.array([0, 2], np.uint8), LOGITS)

    assert float(found) == pytest.approx(-(np.array(labels) * LOG_SOFTMAX).sum(axis=1).mean(), rel=1e-5)
