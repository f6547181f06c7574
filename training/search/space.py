"""What a search varies, and from where to where."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final, get_args

import optuna
from optuna.trial import FrozenTrial

from training.config import ActivationName, NetworkName, TrainingConfig
from training.limits import TRAIN_IMAGES

_MAX_LAYERS: Final = 4
_UNITS: Final = (32, 512)
_BATCH_SIZES: Final = (32, 64, 128, 256)
_RATES: Final = {"adamw": (1e-4, 2e-2), "sgd": (1e-3, 0.5)}


def suggest(trial: optuna.Trial, base: TrainingConfig) -> TrainingConfig:
    """The config of a trial.

    Args:
        trial: Chooses.
        base: What is not varied stays as it is there.
    """
    images = base.train_images or TRAIN_IMAGES
    return replace(
        base,
        activation=trial.suggest_categorical("activation", get_args(ActivationName)),
        peak_learning_rate=trial.suggest_float("peak_learning_rate", *_RATES[base.optimizer], log=True),
        batch_size=trial.suggest_categorical("batch_size", [size for size in _BATCH_SIZES if size <= images]),
        dropout=trial.suggest_float("dropout", 0.0, 0.6),
        weight_decay=trial.suggest_float("weight_decay", 1e-3, 0.3, log=True),
        l2=trial.suggest_float("l2", 1e-8, 1e-3, log=True),
        **_SHAPES[base.network](trial),
    )


def describe_choice(trial: FrozenTrial) -> str:
    """What a trial chose, for people."""
    return " ".join(f"{name}={_as_text(value)}" for name, value in trial.params.items())


def as_flags(config: TrainingConfig, base: TrainingConfig) -> str:
    """What must be added to the base's command to train this config."""
    values, defaults = config.as_json(), base.as_json()
    changed = {name: value for name, value in values.items() if value != defaults[name]}
    return " ".join(f"--{name.replace('_', '-')} {_as_text(value)}" for name, value in changed.items())


def _dense(trial: optuna.Trial) -> Mapping[str, Any]:
    """Depth, and a width for each layer."""
    layers = trial.suggest_int("layers", 1, _MAX_LAYERS)
    return {"hidden": tuple(trial.suggest_int(f"units_{i + 1}", *_UNITS, log=True) for i in range(layers))}


def _conv(_: optuna.Trial) -> Mapping[str, Any]:
    """Nothing: its shape is what the weights and multiply-adds allow."""
    return {}


_SHAPES: Final[Mapping[NetworkName, Callable[[optuna.Trial], Mapping[str, Any]]]] = MappingProxyType(
    {"conv": _conv, "dense": _dense}
)


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ",".join(map(str, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
