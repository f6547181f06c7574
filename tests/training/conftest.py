"""A stand-in for MNIST, and two runs on it."""

import keras
import pytest
from stand_in_mnist import QUICK, QUICK_FLAGS, load_stand_in

from digits.store import ModelStore
from training import pipeline
from training.main import main
from training.runs.record import Record


@pytest.fixture(scope="session")
def stand_in():
    return load_stand_in()


@pytest.fixture(scope="session")
def said():
    """What the run of `published` said, once it has run."""
    return []


@pytest.fixture(scope="session")
def record(tmp_path_factory):
    """The record of the run of `published`, once it has run."""
    return Record(tmp_path_factory.mktemp("runs"), QUICK, {})


@pytest.fixture(scope="session")
def published(stand_in, said, record, tmp_path_factory):
    """The first version in a store, by the pipeline."""
    store = ModelStore(tmp_path_factory.mktemp("trained") / "store")
    with record:
        return pipeline.run(QUICK, stand_in, store, said.append, record=record)


@pytest.fixture(scope="session")
def published_again(published):
    """The second, by the command with the same config; what a process did before must not matter."""
    keras.utils.set_random_seed(99)
    root = published.directory.parents[1]
    with pytest.MonkeyPatch.context() as environment:  # restores what `main` sets for TensorFlow
        environment.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
        environment.setenv("KERAS_BACKEND", "tensorflow")
        assert main(["--model-store", str(root), *QUICK_FLAGS], load=load_stand_in) == 0
    return ModelStore(root).open(2)
