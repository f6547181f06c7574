"""A stand-in for MNIST, and two runs on it."""

from dataclasses import replace

import keras
import pytest
from stand_in_mnist import QUICK, QUICK_FLAGS, load_stand_in

from digits.heap import keep_freed
from digits.store import ModelStore
from training import pipeline
from training.main import main
from training.runs.record import Record


@pytest.fixture(scope="session", autouse=True)
def heap():
    """As the commands have it: steps are up to twice as fast."""
    keep_freed()


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
    folder = tmp_path_factory.mktemp("trained")
    store = ModelStore(folder / "store")
    with record:
        return pipeline.run(QUICK, stand_in, store, said.append, cache=folder / "cache", record=record)


@pytest.fixture(scope="session")
def published_with_pictures(stand_in, tmp_path_factory):
    """A version trained on rendered pictures too."""
    folder = tmp_path_factory.mktemp("pictures")
    config = replace(QUICK, rendered_share=0.5, rendered_images=1000)
    return pipeline.run(
        config, stand_in, ModelStore(folder / "store"), lambda _: None, cache=folder / "cache"
    )


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
