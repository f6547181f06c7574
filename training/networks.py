"""Network architectures by name: uint8 (n, 28, 28) in, logits float32 (n, 10) out."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import keras
from keras import layers

from digits.contract import CLASSES, SIDE
from training.config import NetworkName, TrainingConfig


def conv(config: TrainingConfig) -> keras.Sequential:
    """Five convolutions that shrink the image to one point: 198,000 weights, 4.1 million multiply-adds.

    Valid padding: the paper around a digit needs no edge of its own. No biases: batch norm has them.
    """
    return keras.Sequential(
        [
            *_scaled_input(),  # (n, 28, 28, 1)
            *_conv_block(32, 3),  # (n, 26, 26, 32)
            *_conv_block(32, 3, strides=2),  # (n, 12, 12, 32)
            *_conv_block(64, 3),  # (n, 10, 10, 64)
            *_conv_block(64, 3, strides=2),  # (n, 4, 4, 64)
            *_conv_block(128, 4),  # (n, 1, 1, 128)
            layers.Flatten(),  # (n, 128)
            layers.Dropout(config.dropout),
            layers.Dense(len(CLASSES), name="logits"),  # (n, 10)
        ],
        name="conv",
    )


NETWORKS: Final[Mapping[NetworkName, Callable[[TrainingConfig], keras.Sequential]]] = MappingProxyType(
    {"conv": conv}
)


def build(config: TrainingConfig) -> keras.Sequential:
    """The network that the config names, with fresh weights."""
    return NETWORKS[config.network](config)


def _scaled_input() -> list[keras.layers.Layer]:
    """Cast and scale inside the network, so that nobody can forget to divide by 255."""
    return [
        keras.Input((SIDE, SIDE), dtype="uint8"),
        layers.Rescaling(1 / 255),  # 0 = paper, 1 = ink
        layers.Reshape((SIDE, SIDE, 1)),
    ]


def _conv_block(filters: int, kernel: int, strides: int = 1) -> list[keras.layers.Layer]:
    return [
        layers.Conv2D(filters, kernel, strides=strides, padding="valid", use_bias=False),
        layers.BatchNormalization(),
        layers.ReLU(),
    ]
