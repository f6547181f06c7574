"""The layers of the versions in the store: the same network that the engine runs."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from digits.store import ModelStore
from service.inference.engines.litert import LiteRTEngine
from service.inference.engines.litert_layers import LiteRTLayers

STORE = ModelStore(Path(__file__).parents[2] / "model_store")


@pytest.fixture(scope="module", params=STORE.versions())
def model(request):
    return STORE.open(request.param)


@pytest.fixture(scope="module")
def network(model):
    return LiteRTLayers(model.twin)


def test_the_last_layer_answers_what_the_engine_answers(model, network, mnist_test):
    expected = LiteRTEngine(model.twin).predict(mnist_test[0][:20]).probabilities

    found = [network.answers(image)[-1] for image in mnist_test[0][:20]]

    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_each_answer_has_its_layers_shape(network, mnist_test):
    answers = network.answers(mnist_test[0][0])

    assert [values.shape for values in answers] == [layer.shape for layer in network.layers]
    assert all(values.dtype == np.float32 for values in answers)


def test_the_first_layer_is_the_convolution_that_its_weights_say(network):
    """Seen from outside: a dot changes what lies within a kernel of it, and nothing else."""
    dot, paper = np.zeros((2, 28, 28), np.uint8)
    dot[14, 14] = 255

    first = network.layers[0]
    with_dot, without = network.answers(dot)[0], network.answers(paper)[0]

    assert (first.kind, first.shape[:2]) == ("conv_2d", (26, 26))
    changed = np.argwhere((with_dot != without).any(axis=2))
    assert changed.min(axis=0).tolist() == [12, 12]
    assert changed.max(axis=0).tolist() == [14, 14]
    assert first.weights == (3 * 3 + 1) * first.shape[2]
    assert first.multiply_adds == 3 * 3 * first.shape[2] * 26 * 26


def test_its_weights_are_the_manifests_but_for_batch_normalization(model, network):
    """Which has two numbers a channel or, where the scale was left out, one; folded, it has none."""
    channels = sum(layer.shape[-1] for layer in network.layers if layer.kind == "conv_2d")

    folded = model.manifest.weights - sum(layer.weights for layer in network.layers)

    assert folded in {0, channels, 2 * channels}


def test_where_there_is_no_ink_the_first_layer_answers_the_same_everywhere(network):
    image = cv2.circle(np.zeros((28, 28), np.uint8), (14, 14), 7, 255, 3)

    first = network.answers(image)[0]

    assert np.ptp(first[:3], axis=(0, 1)).max() == 0
    assert np.ptp(first, axis=(0, 1)).max() > 0
