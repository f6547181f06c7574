"""Network architectures by name: uint8 (n, 28, 28) in, logits float32 (n, 10) or (n, 11) out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import keras
from keras import layers

from digits.contract import SIDE
from training.activations import activation, dropout
from training.background import TopHat
from training.config import NetworkName, TrainingConfig
from training.kernels import kernel_options
from training.normalization import FusedBatchNormalization


def conv(config: TrainingConfig) -> keras.Sequential:
    """Five convolutions that shrink the image to one point.

    With the default filters 198,000 weights and 4.1 million multiply-adds.
    Valid padding: the paper around a digit needs no edge of its own. No biases: batch norm has them.
    """
    first, second, third, fourth, fifth = config.filters
    return keras.Sequential(
        [
            *_scaled_input(),  # (n, 28, 28)
            layers.Reshape((SIDE, SIDE, 1)),  # (n, 28, 28, 1)
            *([TopHat()] if config.remove_background else []),
            *_conv_block(config, first, 3),  # (n, 26, 26, 32)
            *_conv_block(config, second, 3, strides=2),  # (n, 12, 12, 32)
            *_conv_block(config, third, 3),  # (n, 10, 10, 64)
            *_conv_block(config, fourth, 3, strides=2),  # (n, 4, 4, 64)
            *_conv_block(config, fifth, 4),  # (n, 1, 1, 128)
            layers.Flatten(),  # (n, 128)
            dropout(config.activation, config.dropout),
            _logits(config),  # (n, 10) or (n, 11)
        ],
        name="conv",
    )


def dense(config: TrainingConfig) -> keras.Sequential:
    """Hidden layers of the configured sizes, each connected to all of the one before."""
    return keras.Sequential(
        [
            *_scaled_input(),  # (n, 28, 28)
            layers.Flatten(),  # (n, 784)
            *(layer for units in config.hidden for layer in _dense_block(config, units)),  # (n, units)
            _logits(config),  # (n, 10) or (n, 11)
        ],
        name="dense",
    )


NETWORKS: Final[Mapping[NetworkName, Callable[[TrainingConfig], keras.Sequential]]] = MappingProxyType(
    {"conv": conv, "dense": dense}
)


def build(config: TrainingConfig) -> keras.Sequential:
    """The network that the config names, with fresh weights."""
    return NETWORKS[config.network](config)


def rebuild(architecture: str) -> keras.Sequential:
    """A network with fresh weights, from what its `to_json` gave. Here, because its layers are known here.

    Raises:
        TypeError, ValueError: It is none; code is refused.
    """
    network = keras.models.model_from_json(architecture)
    if not isinstance(network, keras.Sequential):
        raise TypeError(f"a {type(network).__name__} is no network")
    return network


def _scaled_input() -> list[keras.layers.Layer]:
    """Cast and scale inside the network, so that nobody can forget to divide by 255."""
    return [
        keras.Input((SIDE, SIDE), dtype="uint8"),
        layers.Rescaling(1 / 255),  # 0 = paper, 1 = ink
    ]


def _logits(config: TrainingConfig) -> keras.layers.Layer:
    dtype = keras.config.dtype_policy().variable_dtype  # in mixed precision too, 16 bits are too few here
    return layers.Dense(config.classes, name="logits", dtype=dtype, **kernel_options(config))


def _shared_batch_norm() -> keras.layers.Layer:
    """Statistics of a whole batch, of which each device has a part."""
    return layers.BatchNormalization(synchronized=True)


def _conv_block(
    config: TrainingConfig, filters: int, kernel: int, strides: int = 1
) -> list[keras.layers.Layer]:
    options = kernel_options(config, inputs=(0, 1, 2))
    return [
        layers.Conv2D(filters, kernel, strides=strides, padding="valid", use_bias=False, **options),
        _shared_batch_norm() if config.devices > 1 else FusedBatchNormalization(),
        activation(config.activation),
    ]


def _dense_block(config: TrainingConfig, units: int) -> list[keras.layers.Layer]:
    block = [layers.Dense(units, use_bias=not config.batch_norm, **kernel_options(config))]
    if config.batch_norm:
        block.append(_shared_batch_norm() if config.devices > 1 else layers.BatchNormalization())
    block.append(activation(config.activation))
    if config.dropout:
        block.append(dropout(config.activation, config.dropout))
    return block
