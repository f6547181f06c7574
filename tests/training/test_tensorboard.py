"""TensorBoard sees a run's figures, its graph and its gradients."""

import keras
import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from training.config import TrainingConfig
from training.networks import build
from training.optimization import build_loss, build_optimizer
from training.tensorboard import gradient_norms, watchers


@pytest.fixture
def network():
    keras.utils.set_random_seed(1)
    network = build(TrainingConfig(network="dense", hidden=(7, 5), dropout=0.0))
    config = TrainingConfig()
    network.compile(build_optimizer(config, 10), build_loss(config), metrics=["accuracy"], jit_compile=False)
    return network


def read(folder):
    found = EventAccumulator(str(folder))
    found.Reload()
    return found


def test_a_layers_gradient_is_as_long_as_its_slopes_say(network, mnist_test):
    """The last layer's gradient is known in closed form: features times what the softmax is off by."""
    images, labels = mnist_test[0][:40], mnist_test[1][:40]
    features = keras.Sequential(network.layers[:-1])(images).numpy()
    off = keras.ops.softmax(network(images)).numpy() - np.eye(10)[labels]

    norms = gradient_norms(network, images, labels)

    assert len(norms) == 3
    assert norms["logits"] == pytest.approx(np.linalg.norm(features.T @ off / 40), rel=1e-4)


def test_frozen_layers_have_gradients_too(network, mnist_test):
    network.layers[2].trainable = False

    assert all(norm > 0 for norm in gradient_norms(network, mnist_test[0][:40], mnist_test[1][:40]).values())


def test_writes_figures_graph_and_gradients_of_each_epoch(network, mnist_test, tmp_path):
    images, labels = mnist_test[0][:40], mnist_test[1][:40]

    network.fit(
        images,
        labels,
        epochs=2,
        validation_data=(images, labels),
        verbose=0,
        callbacks=watchers(tmp_path, images, labels),
    )

    gradients = read(tmp_path / "gradients").Tags()["tensors"]
    assert len([tag for tag in gradients if tag.startswith("gradient_norm/")]) == 3
    assert "epoch_loss" in read(tmp_path / "train").Tags()["tensors"]
    assert "epoch_accuracy" in read(tmp_path / "validation").Tags()["tensors"]
    assert "keras" in read(tmp_path / "train").Tags()["tensors"], "the graph of layers"
