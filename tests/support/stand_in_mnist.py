"""MNIST's test images in the place of MNIST; run as a script, `digits-train` on them."""

import gzip
import signal
import sys
from pathlib import Path

from training.config import TrainingConfig
from training.dataset import Mnist, files
from training.main import main

FIXTURES = Path(__file__).parents[1] / "fixtures"
TEST_IMAGES = 600

QUICK = TrainingConfig(epochs=1, train_images=640, min_accuracy=0.0)
"""Ten steps, a run of seconds."""

QUICK_FLAGS = ["--recipe=conv", "--epochs=1", "--train-images=640", "--min-accuracy=0", "--no-report"]


def uncompressed(name):
    return gzip.decompress((FIXTURES / f"{name}.gz").read_bytes())


def load_stand_in(folder=None, cache=None, *, say=lambda _: None):  # noqa: ARG001 - load_mnist's signature
    """5,000 validation images, 5,000 to train on, and of these a few to test with."""
    images = files.images(uncompressed(files.TEST_IMAGES))
    labels = files.labels(uncompressed(files.TEST_LABELS))
    say("MNIST comes from the fixtures.")
    return Mnist(
        train_images=images,
        train_labels=labels,
        test_images=images[-TEST_IMAGES:],
        test_labels=labels[-TEST_IMAGES:],
        source="the fixtures",
        sha256=files.SHA256,
    )


if __name__ == "__main__":
    # A shell starts what it runs in the background with Ctrl-C ignored, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.exit(main(load=load_stand_in))
