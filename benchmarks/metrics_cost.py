"""What counting a prediction costs, alone and beside others: `python benchmarks/metrics_cost.py`."""

import os
import subprocess
import sys
import tempfile
from time import process_time
from timeit import repeat

from service.inference.stopwatch import Stopwatch
from service.metrics import Metrics
from service.sharing import FOLDER_VARIABLE, count_together

_CALLS = 20_000


def main() -> None:
    """Time it here, and in a process that shares its counts."""
    if FOLDER_VARIABLE in os.environ:
        count_together()
        print(f"one of several workers: {_cost_us():.1f} us a prediction")
        return
    print(f"{len(os.sched_getaffinity(0))} cores; one process: {_cost_us():.1f} us a prediction", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, __file__], env={**os.environ, FOLDER_VARIABLE: folder}, check=True)  # noqa: S603


def _cost_us() -> float:
    metrics = Metrics()

    def predict() -> None:
        watch = Stopwatch()
        watch.begin()
        metrics.pending(1)
        watch.lap("waiting")
        watch.lap("imaging")
        watch.lap("engine")
        watch.batch = 1
        metrics.predicted(7, 0.99)
        metrics.pending(0)
        metrics.worked(watch)
        metrics.answered("POST", "/predict", 200, 0.001)

    return min(repeat(predict, timer=process_time, number=_CALLS, repeat=5)) / _CALLS * 1e6


if __name__ == "__main__":
    main()
