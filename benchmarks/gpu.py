"""What a GPU makes of the served model and of training.

python benchmarks/gpu.py [--seconds 1] [--precision float32 mixed_bfloat16] [--no-training] [--rehearse]

parity     largest difference of a probability from the CPU's, by the service's engine, over the 10,000 test
           images in tests/fixtures; asked are at most 1e-4 in float32
inference  images a second by batch size, from and to memory of the CPU
training   seconds of the default network's second epoch without rendered pictures; the first also compiles

--rehearse does all of it on the CPU, to see that it works where there is no GPU; its figures are the CPU's.
Exit status: 0 measured; 1 the probabilities differ by more; 2 bad option; 3 no GPU, nothing measured.
"""

import argparse
import gzip
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import tensorflow as tf
from machine import machine
from numpy.typing import NDArray

from digits.contract import INPUT, OUTPUT, SIDE, SIGNATURE
from digits.devices import CPU, Devices, Gpu, ready_gpus
from digits.store import ModelStore
from service.inference.engines.tensorflow import TensorFlowEngine

ROOT: Final = Path(__file__).parents[1]
PARITY: Final = 1e-4
BATCHES: Final = (1, 8, 64, 256, 1024, 4096)
NO_GPU: Final = 3


class NoGpus:
    """Hides the GPUs from an engine."""

    experimental = tf.config.experimental

    def list_physical_devices(self, device_type: str) -> list[object]:  # noqa: ARG002 - TensorFlow's
        """None of any type."""
        return []


def test_images() -> NDArray[np.uint8]:
    """MNIST's, uint8 (10000, 28, 28)."""
    packed = (ROOT / "tests/fixtures/t10k-images-idx3-ubyte.gz").read_bytes()
    return np.frombuffer(gzip.decompress(packed), np.uint8, offset=16).reshape(-1, SIDE, SIDE)


def parity(directory: Path, devices: Devices, threads: int) -> tuple[str, float]:
    """Where the service's engine ran, and the largest difference from its answers on the CPU."""
    images = test_images()
    there = TensorFlowEngine(directory, threads=threads, devices=devices)
    here = TensorFlowEngine(directory, threads=threads, devices=NoGpus())
    difference = np.abs(there.predict(images).probabilities - here.predict(images).probabilities)
    return there.device, float(difference.max())


def images_per_s(directory: Path, device: str, batch: int, seconds: float) -> float:
    """From the median of calls of one batch size, warmed."""
    images = np.random.default_rng(0).integers(0, 256, (batch, SIDE, SIDE), np.uint8)
    with tf.device(device):
        model = tf.saved_model.load(str(directory))
        call = model.signatures[SIGNATURE]
        for _ in range(3):
            call(**{INPUT: tf.constant(images)})[OUTPUT].numpy()
        times: list[float] = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < 5:
            started = time.perf_counter()
            call(**{INPUT: tf.constant(images)})[OUTPUT].numpy()
            times.append(time.perf_counter() - started)
    return batch / float(np.median(times))


def epoch_s(precision: str, train_images: int) -> float:
    """Seconds of the second epoch, on whatever TensorFlow trains on here."""
    import keras

    from training import pipeline
    from training.config import TrainingConfig
    from training.dataset import default_cache, load_mnist, named_folder

    class Clock(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
        """Notes when each epoch begins and ends."""

        def __init__(self) -> None:
            super().__init__()
            self.began_s: list[float] = []
            self.ended_s: list[float] = []

        def on_epoch_begin(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002
            """Note."""
            self.began_s.append(time.perf_counter())

        def on_train_batch_end(self, batch: int, logs: object = None) -> None:  # noqa: ARG002
            """Note; validation, which comes after the last batch, is left out."""
            self.ended_s = [*self.ended_s[: len(self.began_s) - 1], time.perf_counter()]

    clock = Clock()
    config = TrainingConfig(
        epochs=2, rendered_share=0, spoiled_share=0, precision=precision, train_images=train_images
    )
    mnist = load_mnist(named_folder(), default_cache(), say=print)
    pipeline.train(config, mnist, {}, print, also=[clock])
    return clock.ended_s[1] - clock.began_s[1]


def choose(devices: Devices, rehearse: bool) -> Gpu | None:
    """What is measured: the first GPU; with `rehearse` the CPU; None where there is nothing to measure."""
    gpus = ready_gpus(devices, print)
    if rehearse:
        return Gpu(CPU, "a rehearsal on the CPU")
    return gpus[0] if gpus else None


def main(arguments: Sequence[str] | None = None, devices: Devices = tf.config) -> int:
    """Measure, and say on what."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="for each batch size")
    parser.add_argument("--precision", nargs="+", default=["float32", "mixed_bfloat16"])
    parser.add_argument("--train-images", type=int, default=0, help="of an epoch; 0 is all 55,000")
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--rehearse", action="store_true", help="measure the CPU instead")
    options = parser.parse_args(arguments)
    print(machine(), f"TensorFlow {tf.__version__}", sep="; ")
    chosen = choose(devices, options.rehearse)
    if chosen is None:
        print("TensorFlow can use no GPU here: nothing was measured. The extra `gpu` brings its libraries.")
        return NO_GPU
    print(f"device: {chosen}")
    directory = ModelStore(ROOT / "model_store").open().directory
    device, difference = parity(directory, NoGpus() if options.rehearse else devices, threads=1)
    print(f"parity: {device} differs from the CPU by at most {difference:.1e}, asked are {PARITY:.0e}")
    for batch in BATCHES:
        rate = images_per_s(directory, chosen.name, batch, options.seconds)
        print(f"inference: batches of {batch:>4} {rate:>12,.0f} images/s")
    for precision in [] if options.no_training else options.precision:
        print(f"training: an epoch in {precision}: {epoch_s(precision, options.train_images):.1f} s")
    return int(device != chosen.name or difference > PARITY)


if __name__ == "__main__":
    sys.exit(main())
