"""The state of a run as one file: NumPy's `.npz` without pickles, which runs no code when it is opened.

It holds arrays under plain names, and one JSON text; its zip checksums show damage.
"""

import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from training.config import TrainingConfig
from training.errors import CheckpointError, NoRoomError
from training.winner import Standing

Arrays: TypeAlias = list[NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All that decides how a run goes on.

    Attributes:
        config: The run's.
        data: SHA-256 of each file of its dataset.
        architecture: The network without weights, as Keras's JSON.
        variables: The network's, in its order: weights, batch norm's statistics, dropout's seeds.
        optimizer: The optimizer's variables: step, momenta, averages.
        standing: Of the best weights so far.
        epochs_done: Whole epochs so far; order and augmentation follow from it.
        finished: Whether `variables` are what the run ended with.
    """

    config: TrainingConfig
    data: Mapping[str, str]
    architecture: str
    variables: Arrays
    optimizer: Arrays = field(default_factory=list)
    standing: Standing = field(default_factory=Standing)
    epochs_done: int = 0
    finished: bool = False


def save(path: Path, state: State) -> None:
    """Write the file whole or not at all, by one rename."""
    standing = state.standing
    members = {
        "config": state.config.as_json(),
        "data": dict(state.data),
        "architecture": state.architecture,
        "epochs_done": state.epochs_done,
        "finished": state.finished,
        "standing": {
            "loss": standing.loss,
            "looks_since": standing.looks_since,
            "steps": standing.steps,
            "stopped": standing.stopped,
        },
    }
    groups = {"variables": state.variables, "optimizer": state.optimizer, "best": standing.weights}
    arrays = {f"{name}/{i:03}": a for name, group in groups.items() for i, a in enumerate(group)}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, {"state": np.array(json.dumps(members)), **arrays})
    except OSError as error:
        raise NoRoomError(path, str(error), option="--checkpoint") from error


def load(path: Path) -> State:
    """Read the file.

    Raises:
        CheckpointError: It is missing, broken, or not a checkpoint of this version of Digits.
    """
    try:
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            members = json.loads(file["state"].item())
            groups = {
                group: [file[key] for key in sorted(file.files) if key.startswith(f"{group}/")]
                for group in ("variables", "optimizer", "best")
            }
        return State(
            config=TrainingConfig.from_json(members["config"]),
            data=members["data"],
            architecture=members["architecture"],
            variables=groups["variables"],
            optimizer=groups["optimizer"],
            standing=Standing(weights=groups["best"], **members["standing"]),
            epochs_done=members["epochs_done"],
            finished=members["finished"],
        )
    except (OSError, EOFError, zipfile.BadZipFile, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CheckpointError(path, f"it cannot be read ({error})") from error


def _replace(path: Path, members: Mapping[str, NDArray[Any]]) -> None:
    partial = path.with_name(f".{path.name}.partial")  # one name: what a killed run left is written over
    try:
        with partial.open("wb") as file:
            np.savez(file, **members)  # type: ignore[arg-type] # NumPy's stub takes arrays for flags
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
