"""A broken run goes on where it was, and ends with the same weights: its state is kept after each epoch."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import keras

from training.config import TrainingConfig
from training.errors import CheckpointError
from training.networks import rebuild
from training.state import Arrays, State, load, save
from training.winner import Standing

_FREE: Final = ("min_accuracy", "show_test")
"""Attributes of a config that a resumed run may change: no weight depends on them."""


class RunCheckpoint:
    """The file in which one run keeps its state.

    Args:
        path: The file; a run that finds it goes on from it.
        config: The run's.
        data: SHA-256 of each file of its dataset.
    """

    def __init__(self, path: Path, config: TrainingConfig, data: Mapping[str, str]) -> None:
        self.path, self._config, self._data = path, config, data

    def find(self) -> State | None:
        """The state to go on from, if the file exists.

        Raises:
            CheckpointError: It is broken, or another run's.
        """
        if not self.path.exists():
            return None
        state = load(self.path)
        ours, theirs = self._config.as_json(), state.config.as_json()
        other = [name for name in ours if name not in _FREE and ours[name] != theirs[name]]
        if other:
            difference = ", ".join(f"{name} {theirs[name]} instead of {ours[name]}" for name in other)
            raise CheckpointError(self.path, f"it is another run's, with {difference}")
        if dict(state.data) != dict(self._data):
            raise CheckpointError(self.path, "its run was trained on another dataset")
        return state

    def save(self, network: keras.Model, standing: Standing, epochs_done: int, *, finished: bool) -> None:
        """Replace the file by the state of the moment.

        Raises:
            NoRoomError: The disk is full or read-only; the file is as it was.
        """
        state = State(
            config=self._config,
            data=self._data,
            architecture=network.to_json(),
            variables=[variable.numpy() for variable in network.variables],
            optimizer=[v.numpy() for v in network.optimizer.variables] if network.compiled else [],
            standing=standing,
            epochs_done=epochs_done,
            finished=finished,
        )
        save(self.path, state)


def open_network(path: Path) -> keras.Sequential:
    """The network of a checkpoint, with the weights it has there.

    Raises:
        CheckpointError: The file is missing or broken.
    """
    state = load(path)
    try:
        network = rebuild(state.architecture)
        assign(network.variables, state.variables)
    except (TypeError, ValueError) as error:
        raise CheckpointError(path, f"its network cannot be built ({error})") from error
    return network


def assign(variables: Sequence[keras.Variable], values: Arrays) -> None:
    """Give each variable its value.

    Raises:
        ValueError: There are more or fewer, or one has another shape.
    """
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
