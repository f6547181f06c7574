"""Spoiled images, a batch's last, are normalized by the statistics of those before them."""

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.networks import build
from training.normalization import TypicalBatchNormalization

TYPICAL = 6


@pytest.fixture
def features():
    random = np.random.default_rng(1)
    return np.concatenate([random.normal(3, 2, (TYPICAL, 5, 5, 4)), random.normal(90, 40, (2, 5, 5, 4))])


def test_normalizes_all_by_the_statistics_of_the_typical(features):
    normalized = TypicalBatchNormalization(typical=TYPICAL, epsilon=0.0)(features, training=True).numpy()

    mean, deviation = (f(features[:TYPICAL], axis=(0, 1, 2)) for f in (np.mean, np.std))
    assert np.allclose(normalized, (features - mean) / deviation, atol=1e-4)


def test_keeps_the_statistics_of_the_typical(features):
    norm = TypicalBatchNormalization(typical=TYPICAL, momentum=0.0)

    norm(features, training=True)

    assert np.allclose(norm.moving_mean, features[:TYPICAL].mean(axis=(0, 1, 2)), atol=1e-4)
    assert np.allclose(norm.moving_variance, features[:TYPICAL].var(axis=(0, 1, 2)), rtol=1e-4)


def test_is_rebuilt_from_a_checkpoint():
    network = build(TrainingConfig(spoiled_share=0.25))

    rebuilt = keras.models.model_from_json(network.to_json())

    assert rebuilt.layers[3].get_config()["typical"] == 48
    assert [type(layer) for layer in rebuilt.layers] == [type(layer) for layer in network.layers]
