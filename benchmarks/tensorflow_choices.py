"""What the TensorFlow engine's choices cost on this CPU: oneDNN, XLA, threads and batch sizes.

python benchmarks/tensorflow_choices.py [--seconds 0.5] [--rounds 3]

Each choice is measured in a process of its own, since TensorFlow reads most of them once; rounds are
interleaved. Ratios are to the engine as it is: oneDNN as TensorFlow has it, no XLA, one inter-op thread.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from machine import machine

BATCHES = (1, 8, 64)
CHOICES = {
    "as it is": {},
    "oneDNN off": {"TF_ENABLE_ONEDNN_OPTS": "0"},
    "XLA": {"CHOICE_XLA": "1"},
    "1 intra-op thread": {"CHOICE_INTRA": "1"},
    "2 inter-op threads": {"CHOICE_INTER": "2"},
}


def measure(seconds: float) -> None:
    """In the process of one choice: microseconds a picture at each batch size, and to get there."""
    started_s = time.perf_counter()
    import tensorflow as tf

    from digits.contract import INPUT, OUTPUT, SIGNATURE
    from digits.cpus import usable_cpus
    from digits.store import ModelStore
    from service.settings import Settings

    tf.config.threading.set_intra_op_parallelism_threads(int(os.environ.get("CHOICE_INTRA", usable_cpus())))
    tf.config.threading.set_inter_op_parallelism_threads(int(os.environ.get("CHOICE_INTER", "1")))
    model = tf.saved_model.load(str(ModelStore(Settings().model_store).open().directory))
    call = model.signatures[SIGNATURE]
    if "CHOICE_XLA" in os.environ:
        call = tf.function(model.signatures[SIGNATURE], jit_compile=True)
    found = {}
    for batch in BATCHES:
        images = np.random.default_rng(0).integers(0, 256, (batch, 28, 28), np.uint8)
        call(**{INPUT: tf.constant(images)})
        call(**{INPUT: tf.constant(images)})
        times, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 3:
            began = time.perf_counter()
            call(**{INPUT: tf.constant(images)})[OUTPUT].numpy()
            times.append(time.perf_counter() - began)
        found[f"{batch}"] = statistics.median(times) / batch * 1e6
    found["ready s"] = time.perf_counter() - started_s - seconds * len(BATCHES)
    print(json.dumps(found))


def main() -> None:
    """Print one row a choice: its median, and in brackets its ratio to the first row's."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--in-process", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.in_process:
        measure(options.seconds)
        return
    command = [sys.executable, str(Path(__file__)), "--in-process", "--seconds", str(options.seconds)]
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in CHOICES}
    for _ in range(options.rounds):
        for name, variables in CHOICES.items():
            quiet = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", **variables}
            done = subprocess.run(  # noqa: S603 - ourselves
                command, env=quiet, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            runs[name].append(json.loads(done.stdout.splitlines()[-1]))
    columns = [*map(str, BATCHES), "ready s"]
    print(machine())
    print("| µs a picture, batch of | " + " | ".join(columns) + " |\n|---" + "|--:" * len(columns) + "|")
    for name, mine in runs.items():
        cells = []
        for column in columns:
            ratio = statistics.median(
                ours[column] / first[column] for ours, first in zip(mine, runs["as it is"], strict=True)
            )
            cells.append(f"{statistics.median(run[column] for run in mine):.1f} ({ratio:.2f})")
        print(f"| {name} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
