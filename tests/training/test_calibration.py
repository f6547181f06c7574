"""Temperature and border: found where they are known, and folded in without another step."""

import keras
import numpy as np
import pytest

from training.calibration import calibrate, fit_border, fit_temperature


def drawn(logits, random):
    """Labels drawn from the logits' own softmax: for these, the right temperature is 1."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.array([random.choice(10, p=row) for row in odds / odds.sum(axis=1, keepdims=True)], np.uint8)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_finds_the_temperature_that_was_taken_away(temperature):
    random = np.random.default_rng(0)
    right = random.normal(0, 2, (4000, 10)).astype(np.float32)

    found = fit_temperature(right * temperature, drawn(right, random))

    assert found == pytest.approx(temperature, rel=0.08)


def test_the_logit_of_no_digit_has_no_say_in_the_temperature():
    random = np.random.default_rng(0)
    right = random.normal(0, 2, (1000, 10)).astype(np.float32)
    labels = drawn(right, random)

    with_none = np.concatenate([right, random.normal(0, 9, (1000, 1)).astype(np.float32)], axis=1)

    assert fit_temperature(with_none, labels) == fit_temperature(right, labels)


@pytest.mark.parametrize("lost", [0.01, 0.1])
def test_the_border_leaves_such_a_share_of_digits_below_one_half(lost):
    logits = np.random.default_rng(0).normal(0, 3, (5000, 11)).astype(np.float32)

    logits[:, 10] += fit_border(logits, lost=lost)

    odds = np.exp(logits)
    scores = 1 - odds[:, 10] / odds.sum(axis=1)
    assert (scores < 0.5).mean() == pytest.approx(lost, abs=0.001)


def test_both_are_folded_into_the_last_layer():
    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(11)])
    inputs = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    before = network(inputs).numpy()

    calibrate(network, temperature=2.0, border=1.5)

    before /= 2
    before[:, 10] += 1.5
    np.testing.assert_allclose(network(inputs).numpy(), before, rtol=1e-5)
