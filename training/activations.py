"""What hidden layers end with, by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import keras
from keras import layers

from training.config import ActivationName

ACTIVATIONS: Final[Mapping[ActivationName, Callable[[Any], Any]]] = MappingProxyType(
    {
        "relu": keras.activations.relu,
        "leaky_relu": keras.activations.leaky_relu,  # slope 0.2 below 0
        "elu": keras.activations.elu,
        "selu": keras.activations.selu,
        "gelu": keras.activations.gelu,
        "sigmoid": keras.activations.sigmoid,
        "tanh": keras.activations.tanh,
    }
)


def activation(name: ActivationName) -> keras.layers.Layer:
    """The activation as a layer of its own, so that batch norm can stand before it."""
    return layers.Activation(ACTIVATIONS[name])


def dropout(name: ActivationName, rate: float) -> keras.layers.Layer:
    """Dropout that suits the activation.

    After selu it drops to the value that keeps mean and variance, without which selu does not
    normalize itself.

    Source:
        Klambauer, Unterthiner, Mayr, Hochreiter (2017), "Self-Normalizing Neural Networks", NeurIPS.
    """
    return layers.AlphaDropout(rate) if name == "selu" else layers.Dropout(rate)
