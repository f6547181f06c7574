"""MNIST's test images, and a seven."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from pictures import draw_seven, encode

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture(scope="session")
def mnist_test():
    """All 10,000 test images, uint8 (10000, 28, 28), and their labels, uint8 (10000,)."""
    images = gzip.decompress((FIXTURES / "t10k-images-idx3-ubyte.gz").read_bytes())
    labels = gzip.decompress((FIXTURES / "t10k-labels-idx1-ubyte.gz").read_bytes())
    return (
        np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28),
        np.frombuffer(labels, np.uint8, offset=8),
    )


@pytest.fixture
def seven():
    return encode(draw_seven())
