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
from training.batches import Batches
from training.callbacks import Progress, ShowTest, StopWhenDiverged
from training.config import TrainingConfig
from training.evaluation import predict
from training.optimization import build_loss, build_optimizer
from training.scores import score
from training.winner import KeepBest, loss_meter

Split: TypeAlias = tuple[DigitImages, NDArray[np.uint8]]
"""Images (n, 28, 28) and their labels (n,)."""

_STATISTICS_BATCHES: Final = 200
"""Batches from which batch norm's statistics are estimated anew."""


def fit(
    network: keras.Sequential,
    config: TrainingConfig,
    batches: Batches,
    *,
    validation: Split,
    test: Split,
    say: Callable[[str], None],
    watchers: Sequence[keras.callbacks.Callback] = (),
) -> None:
    """Train the network.

    Args:
        network: Its weights are moved in place.
        config: Says how.
        batches: To train on.
        validation: On which the best weights are chosen.
        test: Only ever shown.
        say: Gets a line an epoch.
        watchers: Callbacks that see each epoch's figures last.

    Raises:
        DivergedError: The loss is no longer a number.
    """
    network.compile(
        optimizer=build_optimizer(config, steps=len(batches) * config.epochs),
        loss=build_loss(config),
        metrics=["accuracy"],
        jit_compile=False,  # where XLA works at all, it is no faster for this network on a CPU
    )
    best = KeepBest(config, loss_meter(network, *validation))
    callbacks: list[keras.callbacks.Callback] = [StopWhenDiverged()]
    if config.keeps_best:
        callbacks.append(best)
    if config.show_test:
        callbacks.append(ShowTest(lambda: score(predict(network, test[0]), test[1]).accuracy))
    with closing(Progress(say, bar=sys.stderr.isatty())) as progress:
        network.fit(
            batches,
            shuffle=False,  # the batches shuffle themselves
            epochs=config.epochs,
            validation_data=validation,
            validation_batch_size=500,
            callbacks=[*callbacks, *watchers, progress],
            verbose=0,
        )
    _settle(network, config, batches, best, say)


def _settle(
    network: keras.Sequential,
    config: TrainingConfig,
    batches: Batches,
    best: KeepBest,
    say: Callable[[str], None],
) -> None:
    """Leave the network with the weights that the config asks to keep."""
    if config.keeps_best:
        best.restore()
        say(f"Kept the weights of the lowest validation loss, {best.standing.loss:.4f}.")
    if config.weight_averaging:
        sample = range(min(len(batches), _STATISTICS_BATCHES))
        reestimate_batch_norm(network, (batches[index][0] for index in sample))
