"""Which layers train when: reused ones may be frozen, and thaw from the top down."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

import keras

from training.config import TrainingConfig

Block: TypeAlias = list[keras.layers.Layer]
"""A layer with weights, and what follows it up to the next: batch norm, activation, dropout."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Epochs in which the same layers train.

    Attributes:
        begin: Whole epochs before it.
        end: Whole epochs after it.
        frozen: How many layers do not train, from the image on.
    """

    begin: int
    end: int
    frozen: int


def stages(config: TrainingConfig) -> Iterator[Stage]:
    """The stages of a run, in order: each thaws one layer more, as long as there are epochs."""
    begin = 0
    for frozen in range(config.freeze_layers, 0, -1) if config.unfreeze_epochs else ():
        end = min(begin + config.unfreeze_epochs, config.epochs)
        yield Stage(begin, end, frozen)
        begin = end
        if begin == config.epochs:
            return
    yield Stage(begin, config.epochs, 0 if config.unfreeze_epochs else config.freeze_layers)


def blocks(network: keras.Sequential) -> list[Block]:
    """The network's layers, each with what belongs to it; the first with what lies before it too."""
    found: list[Block] = [[]]
    for layer in network.layers:
        if hasattr(layer, "kernel") and any(hasattr(each, "kernel") for each in found[-1]):
            found.append([])
        found[-1].append(layer)
    return found


def freeze(network: keras.Sequential, count: int) -> None:
    """Let the first so many layers stay as they are, and all others train; compile afterwards."""
    for number, block in enumerate(blocks(network)):
        for layer in block:
            layer.trainable = number >= count
