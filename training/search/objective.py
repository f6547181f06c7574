"""What a trial is worth: it trains as any run does, and stops where it falls behind."""

import os
from dataclasses import replace
from typing import Final

import keras
import optuna

from training import pipeline
from training.callbacks import Logs
from training.config import TrainingConfig
from training.dataset import Mnist
from training.errors import DivergedError
from training.rendering import Pools
from training.search.space import suggest

PROCESS: Final = "process"
"""Attribute of a trial: the id of the process that ran it."""


class Prune(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Reports each epoch's validation accuracy, and ends a trial that is below the median of the others."""

    def __init__(self, trial: optuna.Trial) -> None:
        super().__init__()
        self._trial = trial

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Report.

        Raises:
            optuna.TrialPruned: Most others had more at this epoch.
        """
        self._trial.report((logs or {})["val_accuracy"], epoch)
        if self._trial.should_prune():
            raise optuna.TrialPruned


def validate(trial: optuna.Trial, base: TrainingConfig, mnist: Mnist, pictures: Pools) -> float:
    """The validation accuracy of the config that a trial chooses.

    Raises:
        optuna.TrialPruned: It fell behind, or its loss is no longer a number.
    """
    trial.set_user_attr(PROCESS, os.getpid())
    keras.backend.clear_session()  # or each trial's graph stays in memory
    try:
        config = replace(suggest(trial, base), show_test=False)
        network = pipeline.train(config, mnist, pictures, lambda _: None, also=[Prune(trial)])
    except DivergedError as error:
        raise optuna.TrialPruned from error
    return pipeline.predict_validation(network, mnist).scores.accuracy
