"""Counts that several processes share through files: one set for each worker's place, not each process."""

import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final, NamedTuple

from prometheus_client import Metric, values
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

try:
    import fcntl
except ModuleNotFoundError:  # Windows: each process has files of its own there, and leaves them
    fcntl = None  # type: ignore[assignment]

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where it is set, processes count together, in files of that folder."""


class Place(NamedTuple):
    """Where a worker stands among those that share a folder, numbered from 0; its successor takes it over."""

    folder: Path
    number: int


_held: list[IO[bytes]] = []
"""The lock of this process's place: the kernel frees it, however the process ends."""

_places: list[Place] = []
"""This process's, once it has one."""


_ROOM_BYTES: Final = 256 * 1024
"""That a worker's counts need of the folder's disk, and some. They are mapped: a full disk would kill it."""


def prepare_folder(folder: Path, workers: int) -> None:
    """Make the folder that so many workers of this process will count in, if need be, and see that they can.

    Raises:
        OSError: They cannot.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(bytes(_ROOM_BYTES * workers))
    file_of_workers(folder, os.getpid()).unlink(missing_ok=True)  # an earlier process's of this number


def file_of_workers(folder: Path, parent: int) -> Path:
    """Where the workers of a process tell each other what they need to know of one another."""
    return folder / f"connections-{parent}"


def count_together() -> None:
    """Have what this process counts from now on go into the folder, if there is one.

    A process takes the lowest place that is free and counts on in its files. So a worker that replaces
    a killed one loses nothing that was counted, and the files, and the values of the label `pid`,
    stay as many as the workers, however often these are replaced.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder:
        place = _take_place(Path(folder)) if fcntl else os.getpid()
        if fcntl:
            _places.append(Place(Path(folder), place))
        values.ValueClass = values.MultiProcessValue(lambda: place)  # type: ignore[no-untyped-call]


def place_of_this_process() -> Place | None:
    """Its place among the workers; None if it is alone, or where places cannot be kept."""
    return _places[-1] if _places else None


def _take_place(folder: Path) -> int:
    place = 0
    while True:
        lock = (folder / f"{place}.lock").open("ab")
        if not _lock(lock):
            lock.close()
            place += 1
            continue
        for stale in folder.glob(f"gauge_*_{place}.db"):  # what a dead process said of itself
            stale.unlink()
        _held.append(lock)
        return place


def _lock(lock: IO[bytes]) -> bool:
    """Lock a file for this process; on a second try, if somebody just asked whether it is locked."""
    for wait_s in (0.005, 0):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(wait_s)
        else:
            return True
    return False


class SharedCounts(Collector):
    """What all processes count, summed: the dead ones' counts too, but only the living ones' gauges."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Read the files."""
        files = [str(file) for file in self._folder.glob("*.db") if _counts(file)]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return metrics


def _counts(file: Path) -> bool:
    """Whether a file has something to say; one that is only being made is empty, and breaks the library."""
    try:
        if file.stat().st_size == 0:
            return False
    except FileNotFoundError:
        return False
    return not file.name.startswith("gauge_") or _lives(file.with_name(f"{file.stem.split('_')[-1]}.lock"))


def _lives(lock: Path) -> bool:
    if not fcntl:
        return True
    try:
        with lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False
