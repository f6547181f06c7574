"""What an int8 twin would gain and cost against the float32 one, on MNIST's test images.

python benchmarks/twin.py [--seconds 1]
"""

import argparse
import gzip
import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf
from engines import per_image_us
from machine import machine

from digits.store import ModelStore
from service.inference.engines.litert import LiteRTEngine
from service.settings import Settings

FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"


def quantized(saved_model: Path, folder: Path) -> Path:
    """The SavedModel converted with dynamic-range int8 weights."""
    converter = tf.lite.TFLiteConverter.from_saved_model(str(saved_model))
    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    path = folder / "int8.tflite"
    path.write_bytes(converter.convert())
    return path


def main() -> None:
    """Print one row a twin."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=1.0)
    options = parser.parse_args()
    images = np.frombuffer(
        gzip.decompress((FIXTURES / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16
    )
    images = images.reshape(-1, 28, 28)
    labels = np.frombuffer(
        gzip.decompress((FIXTURES / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8
    )
    model = ModelStore(Settings().model_store).open()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        twins = {"float32": model.twin, "int8": quantized(model.directory, Path(folder))}
        answers = {}
        for name, path in twins.items():
            engine = LiteRTEngine(path)
            answers[name] = engine.predict(images).probabilities
            accuracy = np.mean(answers[name].argmax(axis=1) == labels)
            size_kb, cost_us = path.stat().st_size / 1000, per_image_us(engine, 1, options.seconds)
            print(f"{name:<8} {size_kb:4.0f} kB  {cost_us:4.0f} µs an image  accuracy {accuracy:.2%}")
        print(
            f"largest difference of a probability: {np.abs(answers['float32'] - answers['int8']).max():.3f}"
        )


if __name__ == "__main__":
    main()
