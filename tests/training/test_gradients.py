"""Backpropagation is no magic: its gradients are the slopes that small changes of a weight show."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from training.config import TrainingConfig
from training.networks import build
from training.optimization import build_loss
from training.recipes import RECIPES

STEP = 1e-6


@pytest.fixture
def float64():
    """Differences of nearly equal losses need the digits."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(
    "config",
    [
        pytest.param(RECIPES["article"].config, id="article"),
        # Blank paper puts a fresh batch norm exactly on relu's kink, where no slope is right.
        pytest.param(TrainingConfig(activation="gelu", label_smoothing=0.1), id="smooth-conv"),
    ],
)
def test_reverse_mode_gives_the_slopes_that_differences_give(config, mnist_test):
    keras.utils.set_random_seed(1)
    network, losses_of = build(config), build_loss(config).call
    images, labels = (part[:20] for part in mnist_test)
    variables = network.trainable_variables

    def loss():
        return tf.reduce_mean(losses_of(labels, network(images, training=False)))

    with tf.GradientTape() as tape:
        found = loss()
    gradients = tape.gradient(found, [variable.value for variable in variables])

    def slope(variable, place):
        """The loss's change a unit of one weight, by a step to either side."""
        values, losses = variable.numpy(), []
        for step in (STEP, -STEP):
            moved = values.copy()
            moved[place] += step
            variable.assign(moved)
            losses.append(float(loss()))
        variable.assign(values)
        return (losses[0] - losses[1]) / (2 * STEP)

    for variable, gradient in zip(variables, gradients, strict=True):
        steepest = np.unravel_index(np.abs(gradient).argmax(), gradient.shape)
        assert slope(variable, steepest) == pytest.approx(float(gradient[steepest]), rel=1e-4), variable.path
