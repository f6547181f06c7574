"""Microseconds a picture in each engine, by batch size, without HTTP and imaging.

python benchmarks/engines.py [--seconds 1]
"""

import argparse
import os
import time

import numpy as np
from machine import machine

from digits.store import ModelStore
from service.inference.engine import Engine
from service.inference.selection import open_engine
from service.settings import EngineChoice, Settings

BATCHES = (1, 2, 8, 64)


def per_image_us(engine: Engine, batch: int, seconds: float) -> float:
    """Median over calls, divided by the batch."""
    images = np.random.default_rng(0).integers(0, 256, (batch, 28, 28), np.uint8)
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        started = time.perf_counter()
        engine.predict(images)
        times.append(time.perf_counter() - started)
    return float(np.median(times)) / batch * 1e6


def main() -> None:
    """Print one row an engine."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    threads = len(os.sched_getaffinity(0))
    model = ModelStore(Settings().model_store).open()
    print(machine())
    print(f"µs an image, batch of   {'  '.join(f'{batch:>6}' for batch in BATCHES)}")
    for choice in (EngineChoice.LITERT, EngineChoice.TENSORFLOW):
        engine = open_engine(choice, model, threads=threads)
        row = [f"{per_image_us(engine, batch, options.seconds):6.0f}" for batch in BATCHES]
        print(f"{choice:<22}  {'  '.join(row)}")


if __name__ == "__main__":
    main()
