"""Predictions come from the network in memory."""

import keras
import numpy as np

from training.evaluation import predict, predict_scores


def test_predictions_are_the_softmax_of_the_networks_logits_in_order():
    network = keras.Sequential([keras.Input((28, 28), dtype="uint8"), keras.layers.Flatten()])
    network.add(keras.layers.Dense(10))
    images = np.random.default_rng(1).integers(0, 9, (1001, 28, 28), np.uint8)
    kernel, bias = network.layers[-1].get_weights()

    found = predict(network, images)

    logits = images.reshape(1001, 784) @ kernel + bias
    expected = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    assert found.dtype == np.float32
    assert np.allclose(found, expected, rtol=1e-3, atol=1e-6)


def test_an_eleventh_logit_has_a_say_in_the_score_alone():
    network = keras.Sequential([keras.Input((28, 28), dtype="uint8"), keras.layers.Flatten()])
    network.add(keras.layers.Dense(11))
    images = np.random.default_rng(1).integers(0, 9, (20, 28, 28), np.uint8)
    kernel, bias = network.layers[-1].get_weights()

    probabilities, scores = predict(network, images), predict_scores(network, images)

    odds = np.exp(images.reshape(20, 784) @ kernel + bias)
    assert np.allclose(probabilities, odds[:, :10] / odds[:, :10].sum(axis=1, keepdims=True), atol=1e-5)
    assert np.allclose(scores, 1 - odds[:, 10] / odds.sum(axis=1), atol=1e-5)
