"""Batch norm folded into the layer before it: the same function in fewer steps, for inference."""

from typing import TypeAlias

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray

Weights: TypeAlias = list[NDArray[np.float32]]


def fold_batch_norm(network: keras.Sequential) -> keras.Sequential:
    """A copy of a trained network for inference: batch norm becomes part of the layer before it.

    At inference, batch norm gives each channel a factor and an offset. Where it follows a weighted
    layer, the factor can go into that layer's kernel and the offset into its bias.

    Args:
        network: Any stack of layers, channels last; it is left unchanged.
    """
    copies: list[keras.layers.Layer] = []
    weights: list[Weights] = []
    for layer in network.layers:
        if isinstance(layer, layers.BatchNormalization) and copies and _has_kernel(copies[-1]):
            copies[-1], weights[-1] = _with_bias(copies[-1]), _fold(weights[-1], layer)
        elif not isinstance(layer, layers.Dropout | layers.AlphaDropout):  # which does nothing at inference
            copies.append(type(layer).from_config({**layer.get_config(), "dtype": "float32"}))
            weights.append(layer.get_weights())
    folded = keras.Sequential([keras.Input(batch_shape=network.input_shape, dtype="uint8"), *copies])
    for copy, values in zip(copies, weights, strict=True):
        copy.set_weights(values)
    return folded


def _has_kernel(layer: keras.layers.Layer) -> bool:
    """Whether it is linear, with its output channels on the kernel's last axis."""
    return isinstance(layer, layers.Conv2D | layers.Dense) and layer.activation is keras.activations.linear


def _with_bias(layer: keras.layers.Layer) -> keras.layers.Layer:
    return type(layer).from_config({**layer.get_config(), "use_bias": True})


def _fold(weights: Weights, norm: layers.BatchNormalization) -> Weights:
    """The kernel and bias of a layer and its batch norm together.

    Batch norm: gamma * (x - mean) / sqrt(variance + epsilon) + beta, where x = input * kernel + bias.
    """
    kernel, bias = weights if len(weights) == 2 else (weights[0], np.float32(0))
    *scale_and_center, mean, variance = norm.get_weights()
    gamma = scale_and_center.pop(0) if norm.scale else np.float32(1)
    beta = scale_and_center.pop() if norm.center else np.float32(0)
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return [kernel * factor, beta + (bias - mean) * factor]
