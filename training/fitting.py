"""Moves a network's weights as the config says: the training loop and what watches it."""

import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Final, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitImages
from training.averaging import reestimate_batch_norm
from training.batches import Batches, Targets
from training.callbacks import Progress, StopWhenDiverged
from training.checkpoint import RunCheckpoint, assign
from training.config import TrainingConfig
from training.distillation import teach_rows
from training.optimization import build_loss, build_optimizer
from training.stages import Stage, freeze, stages
from training.state import State
from training.streaming import stream
from training.winner import KeepBest, Standing, loss_meter

Say: TypeAlias = Callable[[str], None]

Split: TypeAlias = tuple[DigitImages, NDArray[np.uint8]]
"""Images (n, 28, 28) and their labels (n,)."""

_STATISTICS_BATCHES: Final = 200
"""Batches from which batch norm's statistics are estimated anew."""


class BeginEpoch(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Has the batches be those of the epoch that begins."""

    def __init__(self, batches: Batches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002 - Keras's signature
        """Go there."""
        self._batches.begin(epoch)


class SaveEachEpoch(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Keeps the run's state in its file; the last watcher, so that all others have had their say."""

    def __init__(self, checkpoint: RunCheckpoint, standing: Standing) -> None:
        super().__init__()
        self._checkpoint, self._standing = checkpoint, standing

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002 - Keras's signature
        """Save."""
        self._checkpoint.save(self.model, self._standing, epoch + 1, finished=False)


def fit(
    network: keras.Sequential,
    config: TrainingConfig,
    batches: Batches,
    *,
    validation: Split,
    checkpoint: RunCheckpoint | None,
    say: Say,
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train the network, from where the checkpoint is, if there is one.

    Args:
        network: Its weights are moved in place.
        config: Says how.
        batches: To train on.
        validation: On which the best weights are chosen.
        checkpoint: Where the state of the run is kept, and found.
        say: Gets a line an epoch.
        watchers: Callbacks that see each epoch's figures last.

    Raises:
        DivergedError: The loss is no longer a number.
        CheckpointError: The checkpoint is broken, or another run's.
        NoRoomError: A checkpoint cannot be written.
    """
    state = _resume(network, checkpoint, say) if checkpoint else None
    if state and state.finished:
        return
    standing = state.standing if state else Standing()
    done = state.epochs_done if state else 0
    callbacks: list[keras.callbacks.Callback] = [StopWhenDiverged()]
    if config.keeps_best:
        callbacks.append(KeepBest(config, loss_meter(network, *validation), standing))
    callbacks.extend(watchers)
    if checkpoint:
        callbacks.append(SaveEachEpoch(checkpoint, standing))
    for stage in stages(config):
        if stage.end < done or standing.stopped:
            continue
        first = max(done, stage.begin)
        _compile(network, config, stage, steps=len(batches) * (stage.end - stage.begin))
        if state and stage.begin < done:
            assign(network.optimizer.variables, state.optimizer)
        with closing(Progress(say, bar=sys.stderr.isatty())) as progress:
            network.fit(
                stream(batches),
                shuffle=False,  # the batches shuffle themselves
                initial_epoch=first,
                epochs=stage.end,
                validation_data=_as_taught(config, validation),
                validation_batch_size=500,
                callbacks=[BeginEpoch(batches), *callbacks, progress],
                verbose=0,
            )
    _settle(network, config, batches, standing, say)
    if checkpoint:
        checkpoint.save(network, standing, config.epochs, finished=True)


def _as_taught(config: TrainingConfig, split: Split) -> tuple[DigitImages, Targets]:
    """A split with labels of the kind that the loss takes."""
    images, labels = split
    return images, teach_rows(config.classes)(images, labels) if config.teachers else labels


def _compile(network: keras.Sequential, config: TrainingConfig, stage: Stage, *, steps: int) -> None:
    """Freeze what the stage freezes, and give it an optimizer of its own, for so many steps."""
    freeze(network, stage.frozen)
    network.compile(
        optimizer=build_optimizer(config, steps),
        loss=build_loss(config),
        metrics=["accuracy"],
        jit_compile=False,  # where XLA works at all, it is no faster for this network on a CPU
    )
    network.optimizer.build(network.trainable_variables)


def _resume(network: keras.Sequential, checkpoint: RunCheckpoint, say: Say) -> State | None:
    """Give the network the state that the file holds; or write the file, to learn now whether that works."""
    state = checkpoint.find()
    if state is None:
        checkpoint.save(network, Standing(), 0, finished=False)
        return None
    assign(network.variables, state.variables)
    where = "at its end" if state.finished else f"after epoch {state.epochs_done}"
    say(f"Going on from {checkpoint.path}, {where}.")
    return state


def _settle(
    network: keras.Sequential, config: TrainingConfig, batches: Batches, standing: Standing, say: Say
) -> None:
    """Leave the network with the weights that the config asks to keep."""
    if standing.weights:
        standing.restore(network)
        say(f"Kept the weights of the lowest validation loss, {standing.loss:.4f}.")
    if config.weight_averaging or config.spoiled_share:  # no step's fit an average; few steps', spoiled ones
        batches.begin(config.epochs)
        sample = range(min(len(batches), _STATISTICS_BATCHES))
        reestimate_batch_norm(network, (batches[index][0] for index in sample))
