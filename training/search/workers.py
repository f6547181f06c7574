"""Several processes that work on one study."""

import multiprocessing
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from training import console
from training.config import TrainingConfig
from training.dataset import Mnist
from training.errors import WorkerFailedError
from training.quiet import quiet_tensorflow
from training.search.study import explore, open_study


@dataclass(frozen=True, slots=True)
class Task:
    """What each worker gets.

    Attributes:
        file: The study's SQLite file.
        base: What the trials do not vary.
        trials: How many the study shall have in all.
        load: Gives MNIST; a function that another process can import.
        cache: Folder that keeps rendered pictures.
    """

    file: Path
    base: TrainingConfig
    trials: int
    load: Callable[[], Mnist]
    cache: Path


def work(task: Task, seed: int) -> None:
    """Run trials in this process, until the study has enough."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    with quiet_tensorflow():
        from training.feeding import render
        from training.search.objective import validate
    mnist = task.load()
    pictures = render(task.base, mnist, task.cache, console.note).training
    study = open_study(task.file, task.base, seed=seed)
    explore(
        study, lambda trial: validate(trial, task.base, mnist, pictures), trials=task.trials, say=console.say
    )


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
