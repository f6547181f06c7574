"""Several processes that work on one study."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from optuna.storages import BaseStorage

from digits.heap import keep_freed
from training import console
from training.config import TrainingConfig
from training.dataset import Mnist
from training.errors import WorkerFailedError
from training.quiet import quiet_tensorflow
from training.rendering import Pools
from training.search.study import explore, join_study, open_file

Material: TypeAlias = tuple[Mnist, Pools]
"""What trials train on."""


@dataclass(frozen=True, slots=True)
class Task:
    """What each worker gets; another process must be able to import its functions.

    Attributes:
        storage: Opens the study's storage.
        base: What the trials do not vary.
        trials: How many the study shall have in all.
        material: Gives what they train on.
    """

    storage: Callable[[], BaseStorage]
    base: TrainingConfig
    trials: int
    material: Callable[[], Material]


def load_material(base: TrainingConfig, load: Callable[[], Mnist], cache: Path) -> Material:
    """MNIST, and what the config renders beside it.

    Args:
        base: Says how many pictures.
        load: Gives MNIST.
        cache: Folder that keeps rendered pictures.
    """
    with quiet_tensorflow():
        from training.feeding import render
    mnist = load()
    return mnist, render(base, mnist, cache, console.note).training


def task_here(
    file: Path, base: TrainingConfig, trials: int, *, load: Callable[[], Mnist], cache: Path
) -> Task:
    """The task of processes on this machine, which share an SQLite file and the cache."""
    return Task(partial(open_file, file), base, trials, partial(load_material, base, load, cache))


def work(task: Task, seed: int, say: Callable[[str], None] = console.say) -> None:
    """Run trials in this process, until the study has enough."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    keep_freed()
    with quiet_tensorflow():
        from training.search.objective import validate
    mnist, pictures = task.material()
    study = join_study(task.storage(), seed=seed)
    explore(study, lambda trial: validate(trial, task.base, mnist, pictures), trials=task.trials, say=say)


def work_together(task: Task, seed: int, jobs: int) -> None:
    """Let so many processes work at once; each has a share of the cores.

    Raises:
        WorkerFailedError: One ended before the study had enough trials.
    """
    spawn = multiprocessing.get_context("spawn")  # TensorFlow hangs in forked processes
    workers = [spawn.Process(target=work, args=(task, seed + i)) for i in range(jobs)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if failed := [worker.exitcode for worker in workers if worker.exitcode]:
        raise WorkerFailedError(len(failed), jobs)
