"""One service for all clients, as `digits-serve` starts it, and what they are asked to read."""

import numpy as np
import pytest
from served_process import free_port, serving

BATCH = 100


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Host and port of a started service."""
    with serving(log_path=tmp_path_factory.mktemp("served") / "log") as (_, client):
        yield f"{client.base_url.host}:{client.base_url.port}"


@pytest.fixture(scope="session")
def served_grpc(tmp_path_factory):
    """The same over gRPC."""
    port = free_port()
    with serving("--grpc-port", str(port), log_path=tmp_path_factory.mktemp("served-grpc") / "log"):
        yield f"127.0.0.1:{port}"


@pytest.fixture(scope="session")
def batches(mnist_test):
    """All 10,000 test images, uint8 (100, 28, 28) at a time."""
    return np.split(mnist_test[0], len(mnist_test[0]) // BATCH)


@pytest.fixture(scope="session")
def accuracy(mnist_test):
    """Share of the test images that these answers get right: one row of ten probabilities each."""

    def measure(answers):
        probabilities = np.concatenate([np.asarray(each) for each in answers])
        assert probabilities.shape == (10_000, 10)
        return np.mean(probabilities.argmax(axis=1) == mnist_test[1])

    return measure
