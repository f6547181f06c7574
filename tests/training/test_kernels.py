"""Kernels begin as their initializer says, and are held small as the config says."""

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.kernels import kernel_options

INPUTS, UNITS = 400, 300


def layer(**options):
    keras.utils.set_random_seed(1)
    dense = keras.layers.Dense(UNITS, **kernel_options(TrainingConfig(**options)))
    dense.build((None, INPUTS))
    return dense


def kernel(**options):
    return layer(**options).kernel.numpy()


def test_the_articles_weights_are_normal_with_2_over_sqrt_inputs_cut_at_twice_that():
    found = kernel(initializer="two_over_sqrt_inputs")

    stddev = 2 / INPUTS**0.5
    assert np.abs(found).max() == pytest.approx(2 * stddev, rel=1e-3)
    assert found.std() == pytest.approx(0.8796 * stddev, rel=0.01), "what is cut off narrows it"


@pytest.mark.parametrize(
    ("options", "stddev"),
    [
        pytest.param({"initializer": "he_normal"}, (2 / INPUTS) ** 0.5, id="he"),
        pytest.param({"initializer": "lecun_normal"}, (1 / INPUTS) ** 0.5, id="lecun"),
        pytest.param({"initializer": "glorot_uniform"}, (2 / (INPUTS + UNITS)) ** 0.5, id="glorot"),
        pytest.param({"activation": "selu"}, (1 / INPUTS) ** 0.5, id="auto-for-selu"),
        pytest.param({"activation": "elu"}, (2 / (INPUTS + UNITS)) ** 0.5, id="auto-for-others"),
    ],
)
def test_kernels_begin_as_wide_as_their_initializer_says(options, stddev):
    assert kernel(**options).std() == pytest.approx(stddev, rel=0.01)


@pytest.mark.parametrize(
    ("options", "penalty"),
    [
        pytest.param({"l1": 0.1}, lambda w: 0.1 * np.abs(w).sum(), id="l1"),
        pytest.param({"l2": 0.1}, lambda w: 0.1 * (w**2).sum(), id="l2"),
        pytest.param(
            {"l1": 0.1, "l2": 0.2}, lambda w: 0.1 * np.abs(w).sum() + 0.2 * (w**2).sum(), id="l1-and-l2"
        ),
    ],
)
def test_a_penalty_is_added_to_the_loss(options, penalty):
    dense = layer(**options)

    (loss,) = dense.losses

    assert float(loss) == pytest.approx(penalty(dense.kernel.numpy()), rel=1e-5)


def test_nothing_is_added_to_the_loss_by_default():
    assert layer().losses == []


@pytest.mark.parametrize(
    ("shape", "inputs"),
    [pytest.param((50, 8), (0,), id="dense"), pytest.param((3, 3, 6, 8), (0, 1, 2), id="convolution")],
)
def test_max_norm_shortens_what_leads_to_one_unit_and_nothing_else(shape, inputs):
    weights = np.random.default_rng(1).normal(0, 1, shape).astype(np.float32)
    weights[..., :4] *= 0.01
    limit = kernel_options(TrainingConfig(max_norm=2), inputs=inputs)["kernel_constraint"]

    held = limit(weights).numpy()

    assert np.allclose(np.sqrt((held**2).sum(axis=inputs))[4:], 2, rtol=1e-4)
    assert np.allclose(held[..., :4], weights[..., :4], rtol=1e-4)
