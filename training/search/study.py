"""A study: its trials in one SQLite file, which processes share and later calls go on with."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

import optuna
from optuna.storages import BaseStorage, RDBStorage
from optuna.trial import FrozenTrial, TrialState

from training.config import TrainingConfig
from training.errors import OtherSearchError
from training.search.space import describe_choice

NAME: Final = "digits"
_BASE: Final = "base"
_LOCK_TIMEOUT_S: Final = 60
_STARTUP_TRIALS: Final = 5
"""That many see no pruning: a median of fewer says little."""

_DONE: Final = (TrialState.COMPLETE, TrialState.PRUNED)


def open_file(file: Path) -> RDBStorage:
    """The storage in an SQLite file, which processes of one machine share."""
    return RDBStorage(f"sqlite:///{file}", engine_kwargs={"connect_args": {"timeout": _LOCK_TIMEOUT_S}})


def join_study(storage: BaseStorage, *, seed: int) -> optuna.Study:
    """A new study, or the one that the storage has.

    Args:
        storage: Where its trials are kept.
        seed: Of the sampler; each process has its own.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna.create_study(
        storage=storage,
        study_name=NAME,
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=seed, constant_liar=True),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP_TRIALS, n_warmup_steps=1),
    )


def open_study(file: Path, base: TrainingConfig, *, seed: int) -> optuna.Study:
    """A new study, or the one that the file has.

    Args:
        file: The SQLite file.
        base: What the trials do not vary.
        seed: Of the sampler.

    Raises:
        OtherSearchError: The file's study was begun with another base.
    """
    study = join_study(open_file(file), seed=seed)
    asked = json.dumps(base.as_json())
    if study.user_attrs.setdefault(_BASE, asked) != asked:
        raise OtherSearchError(file)
    study.set_user_attr(_BASE, asked)
    return study


def done_trials(study: optuna.Study) -> list[FrozenTrial]:
    """Trials that reached their end or were pruned, in their order."""
    return study.get_trials(deepcopy=False, states=_DONE)


def count_done(study: optuna.Study) -> int:
    """Trials that reached their end or were pruned, of all processes and calls; none that was killed."""
    return len(done_trials(study))


def best_accuracy(study: optuna.Study) -> float:
    """Of all trials that reached their end; 0 where none did."""
    return max((trial.value or 0.0 for trial in _complete(study)), default=0.0)


def _complete(study: optuna.Study) -> list[FrozenTrial]:
    return study.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))


def explore(
    study: optuna.Study,
    objective: Callable[[optuna.Trial], float],
    *,
    trials: int,
    say: Callable[[str], None],
) -> None:
    """Run trials until the study has so many, and say how each went."""

    def report(study: optuna.Study, trial: FrozenTrial) -> None:
        say(tell(study, trial, trials))
        if count_done(study) >= trials:
            study.stop()

    if count_done(study) < trials:
        study.optimize(objective, callbacks=[report])


def tell(study: optuna.Study, trial: FrozenTrial, trials: int) -> str:
    """How far a study is, after a trial of it."""
    # Several processes end what they have begun, so that a few more may be done than were asked for.
    width, done = len(str(trials)), min(count_done(study), trials)
    progress = f"{done:{width}} of {trials} done, trial {trial.number + 1:{width}}"
    return f"{progress}  {describe(trial)}  best {best_accuracy(study):.2%}"


def describe(trial: FrozenTrial) -> str:
    """How a trial went and what it chose."""
    last = max(trial.intermediate_values, default=-1)
    reached = f"{trial.value:.2%}" if trial.value is not None else "no accuracy"
    fate = f"pruned after epoch {last + 1}" if trial.state is TrialState.PRUNED else "complete"
    return f"{reached:>7}  {fate:22}  {describe_choice(trial)}"
