"""Workers of one study, spread over the machines of a Ray cluster."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Final

import optuna

from training.clusters import joined
from training.config import TrainingConfig
from training.errors import WorkerFailedError
from training.search.sharing import Address, connect, offered
from training.search.study import done_trials, join_study, open_file, tell
from training.search.workers import Material, Task, work

_LOOK_S: Final = 0.5
"""Between two looks at what the workers have done."""


def work_on_ray(  # noqa: PLR0913 - each is one thing that a search is made of
    file: Path,
    base: TrainingConfig,
    trials: int,
    *,
    material: Material,
    seed: int,
    address: str,
    jobs: int | None,
    say: Callable[[str], None],
) -> None:
    """Let workers on a cluster run trials until the study has enough; a lost machine's worker begins anew.

    The machines need Digits with the extra `train`, and TensorFlow; the images go there through Ray, and
    the trials come back to this machine's SQLite file.

    Args:
        file: The study's; only this machine opens it.
        base: What the trials do not vary.
        trials: How many the study shall have in all.
        material: What they train on.
        seed: Of the first worker's sampler; the next has the next.
        address: Of the cluster, as `ray.init` takes it.
        jobs: Workers, of one CPU each as Ray counts; None for one a machine.
        say: Gets a line for each trial, from whichever machine.

    Raises:
        NotInstalledError: Ray is missing.
        ConnectionError: There is no cluster, or none of its machines has a CPU for us.
        WorkerFailedError: A worker ended before the study had enough trials.
    """
    study = join_study(open_file(file), seed=seed)
    told = {trial.number for trial in done_trials(study)}
    with joined(address) as ray, offered(file, ray.util.get_node_ip_address()) as place:
        machines = sum(node["Resources"].get("CPU", 0) > 0 for node in ray.nodes() if node["Alive"])
        if not machines:
            raise ConnectionError(
                f"no machine of the cluster at {address} offers a CPU (ray start --num-cpus)"
            )
        jobs = jobs or machines
        begin = ray.remote(num_cpus=1, max_calls=1, scheduling_strategy="SPREAD")(_work).remote
        given = ray.put(material)
        waiting = [begin(place, base, trials, given, seed + i) for i in range(jobs)]
        failed = 0
        while waiting:
            ended, waiting = ray.wait(waiting, timeout=_LOOK_S)
            failed += sum(_failed(ray, task, say) for task in ended)
            told |= _tell_new(study, told, trials, say)
    if failed:
        raise WorkerFailedError(failed, jobs)


def _work(place: Address, base: TrainingConfig, trials: int, material: Material, seed: int) -> None:
    """On some machine of the cluster."""
    work(Task(partial(connect, place), base, trials, lambda: material), seed, say=lambda _: None)


def _tell_new(study: optuna.Study, told: set[int], trials: int, say: Callable[[str], None]) -> set[int]:
    new = [trial for trial in done_trials(study) if trial.number not in told]
    for trial in new:
        say(tell(study, trial, trials))
    return {trial.number for trial in new}


def _failed(ray: ModuleType, task: object, say: Callable[[str], None]) -> bool:
    try:
        ray.get(task)
    except ray.exceptions.RayError as error:
        say(f"A worker broke off: {error}")
        return True
    return False
