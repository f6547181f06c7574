"""Networks take digit images as they are, and are built as they are asked to be."""

import keras
import pytest

from training.activations import ACTIVATIONS
from training.config import TrainingConfig
from training.networks import NETWORKS, build


@pytest.mark.parametrize("name", NETWORKS)
def test_takes_digit_images_and_gives_logits(name, mnist_test):
    network = build(TrainingConfig(network=name))

    logits = network(mnist_test[0][:3], training=False)

    assert logits.shape == (3, 10)
    assert logits.dtype == "float32"
    assert [(tensor.shape, tensor.dtype) for tensor in network.inputs] == [((None, 28, 28), "uint8")]


def test_the_conv_network_is_as_large_as_it_says():
    assert build(TrainingConfig()).count_params() == pytest.approx(198_000, abs=1_000)


def test_convolutions_have_as_many_filters_as_they_are_asked_for():
    network = build(TrainingConfig(filters=(4, 5, 6, 7, 8)))

    found = [layer.filters for layer in network.layers if isinstance(layer, keras.layers.Conv2D)]
    assert found == [4, 5, 6, 7, 8]


def kinds(**options):
    return [type(layer).__name__ for layer in build(TrainingConfig(**options)).layers]


DENSE = {"network": "dense", "hidden": (7, 5)}


@pytest.mark.parametrize(
    ("options", "block"),
    [
        pytest.param({"dropout": 0}, ["Dense", "Activation"], id="plain"),
        pytest.param({"dropout": 0.1}, ["Dense", "Activation", "Dropout"], id="dropout"),
        pytest.param(
            {"dropout": 0, "batch_norm": True}, ["Dense", "BatchNormalization", "Activation"], id="batch-norm"
        ),
        pytest.param(
            {"dropout": 0.1, "activation": "selu"}, ["Dense", "Activation", "AlphaDropout"], id="selu-dropout"
        ),
    ],
)
def test_a_dense_network_has_the_layers_it_is_asked_for(options, block):
    assert kinds(**DENSE, **options) == ["Rescaling", "Flatten", *block, *block, "Dense"]


def test_a_dense_networks_layers_are_as_large_as_they_are_asked_to_be():
    network = build(TrainingConfig(**DENSE))

    assert [layer.units for layer in network.layers if isinstance(layer, keras.layers.Dense)] == [7, 5, 10]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_hidden_layer_has_the_activation_it_is_asked_for(network, name):
    built = build(TrainingConfig(network=network, activation=name))

    found = [layer.activation for layer in built.layers if isinstance(layer, keras.layers.Activation)]
    assert found == [ACTIVATIONS[name]] * len(found)
    assert len(found) >= 2


@pytest.mark.parametrize(
    ("options", "shares"),
    [pytest.param({}, [0.25], id="conv"), pytest.param(DENSE, [0.25, 0.25], id="dense")],
)
def test_drops_the_configured_share(options, shares):
    network = build(TrainingConfig(dropout=0.25, **options))

    assert [layer.rate for layer in network.layers if "dropout" in layer.name] == shares


@pytest.mark.parametrize("network", NETWORKS)
def test_every_kernel_is_penalized_and_limited(network):
    built = build(TrainingConfig(network=network, l2=0.1, max_norm=2))

    weighted = [layer for layer in built.layers if hasattr(layer, "kernel")]
    assert len(built.losses) == len(weighted) > 2
    assert all(layer.kernel_constraint.max_value == 2 for layer in weighted)
