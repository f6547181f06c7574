"""Images a second of `digits-predict --output` against the bare engine, as a ratio within one run.

python benchmarks/bulk.py [--pictures 20000] [--workers 2] [--rounds 3] [--kind canvas photo mnist]

Bare: as many processes, each in one loop over its share of the same files: read, decode, imaging, network (in
the same batches), and nothing else: no chunks, no answers, no way to go on. Two ratios, each the median
over rounds in which both take turns:

rate   images a second from the first answer to the last, starting left out of both, as in a run of hours
CPU    CPU time of all processes, starting included; what else runs on the machine hardly changes it
"""

import argparse
import multiprocessing
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from multiprocessing.synchronize import Barrier
from pathlib import Path

import cv2
import numpy as np
from imaging import MAX_PIXELS, encoded, photo, seven
from machine import machine

from digits.cpus import usable_cpus
from digits.imaging import read_digit
from digits.store import ModelStore
from training.bulk.forms import FORMS
from training.bulk.processes import spread
from training.bulk.reader import Part, Reader
from training.bulk.recognition import BATCH
from training.bulk.run import CHUNK, run
from training.bulk.sources import open_source
from training.engines import open_version
from training.quiet import quiet_tensorflow

KINDS: dict[str, Callable[[], bytes]] = {
    "canvas": lambda: encoded(np.asarray(seven(280, 280, 22)), "PNG"),
    "mnist": lambda: encoded(cv2.resize(np.asarray(seven(280, 280, 22)), (28, 28)), "PNG"),
    "photo": lambda: encoded(photo(), "JPEG"),
}


@dataclass(frozen=True)
class Cost:
    """What a way to read so many pictures took.

    Attributes:
        rate: Pictures a second, starting left out.
        cpu_s: Of all processes that were started.
    """

    rate: float
    cpu_s: float


def loop(files: Sequence[Path], begin: Barrier) -> None:
    """One process of the bare engine."""
    cv2.setNumThreads(1)
    with quiet_tensorflow():
        engine = open_version(ModelStore(Path("model_store")).open())
        engine(np.zeros((BATCH, 28, 28), np.uint8))
    begin.wait()
    batch = np.zeros((BATCH, 28, 28), np.uint8)
    for first in range(0, len(files), BATCH):
        for row, file in enumerate(files[first : first + BATCH]):
            batch[row] = read_digit(file.read_bytes(), max_pixels=MAX_PIXELS).image
        engine(batch)


def children_cpu_s() -> float:
    """CPU time of all processes that were started and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def bare(files: Sequence[Path], workers: int) -> Cost:
    """The bare engine, in so many processes."""
    spawn, before_s = multiprocessing.get_context("spawn"), children_cpu_s()
    begin = spawn.Barrier(workers + 1)
    processes = [spawn.Process(target=loop, args=(files[i::workers], begin)) for i in range(workers)]
    for process in processes:
        process.start()
    begin.wait()
    began_s = time.perf_counter()
    for process in processes:
        process.join()
    return Cost(len(files) / (time.perf_counter() - began_s), children_cpu_s() - before_s)


class Clock:
    """Hears of each part, and when."""

    def __init__(self) -> None:
        self.heard: list[tuple[float, int]] = []

    def add(self, part: Part) -> None:
        """See `Progress.add`."""
        self.heard.append((time.perf_counter(), part.pictures))

    def end(self) -> None:
        """See `Progress.end`."""

    def rate(self) -> float:
        """Pictures a second, after the first part."""
        (first_s, _), (last_s, _) = self.heard[0], self.heard[-1]
        return sum(pictures for _, pictures in self.heard[1:]) / (last_s - first_s)


def bulk(folder: Path, output: Path, workers: int, chunk: int) -> Cost:
    """A bulk run, as the command does it."""
    before_s, own_s, clock = children_cpu_s(), time.process_time(), Clock()
    run(
        open_source([folder]),
        Reader(ModelStore(Path("model_store")).open(), FORMS[output.suffix]()),
        output,
        chunk_size=chunk,
        spread=partial(spread, workers=workers),
        progress=clock,
    )
    output.unlink()
    return Cost(clock.rate(), children_cpu_s() - before_s + time.process_time() - own_s)


def main() -> None:
    """Print one row a kind of picture and form of answer."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=20_000, help="a fiftieth as many photos")
    parser.add_argument("--workers", type=int, default=usable_cpus())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chunk", type=int, default=CHUNK)
    parser.add_argument("--kind", nargs="+", choices=KINDS, default=["canvas", "photo"])
    options = parser.parse_args()
    print(f"{machine()}; {options.workers} processes")
    print(f"{'picture':8} {'answer':9} {'bare/s':>8} {'bulk/s':>8} {'rate':>6} {'CPU':>6}")
    for kind in options.kind:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "pictures"
            folder.mkdir()
            content = KINDS[kind]()
            count = options.pictures if kind != "photo" else max(options.workers * 20, options.pictures // 50)
            files = [folder / f"{number:07}.{'jpg' if kind == 'photo' else 'png'}" for number in range(count)]
            for file in files:
                file.write_bytes(content)
            for suffix in FORMS:
                output = folder.with_name(f"answers{suffix}")
                rounds = [
                    (bare(files, options.workers), bulk(folder, output, options.workers, options.chunk))
                    for _ in range(options.rounds)
                ]
                ratio = statistics.median(theirs.rate / ours.rate for ours, theirs in rounds)
                cpu = statistics.median(ours.cpu_s / theirs.cpu_s for ours, theirs in rounds)
                rates = [statistics.median(pair[way].rate for pair in rounds) for way in (0, 1)]
                shown = " ".join(f"{rate:8,.0f}" for rate in rates)
                print(f"{kind:8} {suffix[1:]:9} {shown} {ratio:6.0%} {cpu:6.0%}")


if __name__ == "__main__":
    main()
