"""What one network has learned helps another: from a version, from a checkpoint, frozen or not."""

import shutil
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from digits.errors import ModelCorruptError
from digits.store import MANIFEST_PATH, TWIN_PATH
from training import pipeline, reuse
from training.batches import Batches, Part
from training.checkpoint import RunCheckpoint
from training.config import TrainingConfig
from training.engines import open_twin
from training.errors import CheckpointError, NoVersionError, ReuseError
from training.evaluation import predict
from training.export import ARCHITECTURE_PATH
from training.fitting import fit
from training.networks import build

VERSION_1 = Path(__file__).parents[2] / "model_store/digits/1"
DEEP = TrainingConfig(
    network="dense", hidden=(100, 100, 100, 100), activation="elu", dropout=0.0, max_stroke=0.5
)


def kernels(network):
    return [layer.kernel.numpy() for layer in network.layers if hasattr(layer, "kernel")]


def same(first, second):
    return [np.array_equal(a, b) for a, b in zip(first, second, strict=True)]


def test_keeps_the_first_layers_of_a_published_version():
    config = TrainingConfig(start_from=str(VERSION_1), keep_layers=3)

    network = reuse.begin(config)

    assert same(kernels(network), kernels(reuse.open_source(VERSION_1))) == [True] * 3 + [False] * 3


def test_a_published_version_is_opened_as_it_is_served(mnist_test):
    images = mnist_test[0][:20]

    network = reuse.open_source(VERSION_1)

    served = open_twin(VERSION_1 / TWIN_PATH)(images)
    assert np.allclose(predict(network, images), served, atol=1e-5)


@pytest.fixture(scope="module")
def first(stand_in, tmp_path_factory):
    """A published dense network that itself has layers of another, and its checkpoint."""
    folder = tmp_path_factory.mktemp("reuse")
    source = replace(DEEP, epochs=1, train_images=640, batch_norm=True, min_accuracy=0)
    pipeline.train(source, stand_in, {}, lambda _: None, checkpoint=folder / "source.npz")
    config = replace(source, start_from=str(folder / "source.npz"), keep_layers=2, batch_norm=False)
    store = pipeline.ModelStore(folder / "store")
    published = pipeline.run(
        config, stand_in, store, lambda _: None, cache=folder, checkpoint=folder / "run.npz"
    )
    return published.directory, folder / "run.npz"


def test_a_version_with_reused_layers_can_be_reused_again(first, stand_in):
    version, _ = first
    images = stand_in.test_images[:20]

    network = reuse.open_source(version)

    assert np.allclose(predict(network, images), open_twin(version / TWIN_PATH)(images), atol=1e-5)
    assert same(kernels(reuse.begin(replace(DEEP, start_from=str(version)))), kernels(network)) == [
        *[True] * 4,
        False,
    ], "all but the last, unless told otherwise"


def test_leaves_the_source_alone(first):
    source = reuse.open_source(first[1])
    before = source.get_weights()

    network = reuse.graft(source, build(DEEP), 2)
    network.set_weights([np.zeros_like(values) for values in network.get_weights()])

    assert all(same(source.get_weights(), before))


@pytest.mark.parametrize(
    ("keep", "hidden"),
    [
        pytest.param(5, (100, 100, 100, 100), id="no-new-top"),
        pytest.param(6, (100,) * 9, id="more-than-there-are"),
    ],
)
def test_refuses_to_keep_too_many(first, keep, hidden):
    config = replace(DEEP, start_from=str(first[1]), keep_layers=keep, hidden=hidden)

    with pytest.raises(
        ReuseError, match=rf"^keep_layers is {keep}; it must be from 1 to [45]: .*--keep-layers"
    ):
        reuse.begin(config)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        pytest.param("nowhere.npz", CheckpointError, id="no-file"),
        pytest.param(str(VERSION_1.parent / "99"), CheckpointError, id="no-such-version"),
        pytest.param(str(VERSION_1.parent), NoVersionError, id="no-version"),
    ],
)
def test_says_what_cannot_be_started_from(path, error):
    with pytest.raises(error, match=path):
        reuse.begin(TrainingConfig(start_from=path))


def test_refuses_a_version_that_was_changed(first, tmp_path):
    copy = shutil.copytree(first[0], tmp_path / "digits" / "1")
    (copy / ARCHITECTURE_PATH).write_text("{}")

    with pytest.raises(ModelCorruptError, match=r"network\.json is not the file that was published"):
        reuse.open_source(copy)


def test_refuses_a_version_from_elsewhere(first, tmp_path):
    copy = shutil.copytree(first[0], tmp_path / "digits" / "1")
    (copy / MANIFEST_PATH).unlink()

    with pytest.raises(ReuseError, match="was not published by Digits"):
        reuse.open_source(copy)


def of_digits(images, labels, digits):
    chosen = np.isin(labels, digits)
    return images[chosen], labels[chosen]


def train(config, training, held_out, file=None):
    keras.utils.set_random_seed(config.seed)
    network = reuse.begin(config)
    batches = Batches([Part(*training, config.batch_size, lambda images, _: images)], seed=1)
    checkpoint = RunCheckpoint(file, config, {}) if file else None
    fit(
        network,
        config,
        batches,
        validation=(held_out[0][:200], held_out[1][:200]),
        checkpoint=checkpoint,
        say=lambda _: None,
    )
    return (predict(network, held_out[0]).argmax(axis=1) == held_out[1]).mean()


def test_frozen_layers_stay_until_they_thaw(first, stand_in):
    config = replace(DEEP, epochs=2, train_images=640, start_from=str(first[1]), freeze_layers=2)
    source = kernels(reuse.open_source(first[1]))

    frozen = pipeline.train(config, stand_in, {}, lambda _: None)
    thawed = pipeline.train(replace(config, unfreeze_epochs=1), stand_in, {}, lambda _: None)

    assert same(kernels(frozen), source) == [True, True, False, False, False]
    assert same(kernels(thawed), source) == [True, False, False, False, False], "one epoch, one layer"


@pytest.mark.slow
def test_a_run_in_stages_goes_on_where_it_was_broken(first, stand_in, tmp_path):
    """At the end of a stage, and within one."""
    config = replace(
        DEEP,
        epochs=4,
        train_images=320,
        weight_averaging=0.5,
        start_from=str(first[1]),
        freeze_layers=2,
        unfreeze_epochs=2,
    )

    def train_until(end):
        def say(line):
            if line.startswith(f"epoch {end}/"):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            pipeline.train(config, stand_in, {}, say, checkpoint=tmp_path / "run.npz")

    unbroken = pipeline.train(config, stand_in, {}, lambda _: None)
    train_until("2")
    train_until("3")
    resumed = pipeline.train(config, stand_in, {}, lambda _: None, checkpoint=tmp_path / "run.npz")

    assert all(same(resumed.get_weights(), unbroken.get_weights()))


@pytest.mark.slow
def test_what_was_learned_from_0_to_4_helps_with_100_images_of_each_of_5_to_9(mnist_test, tmp_path):
    """The classic exercise: with few images, reused layers beat fresh ones."""
    low, (images, labels) = (of_digits(*mnist_test, digits) for digits in (range(5), range(5, 10)))
    few = np.concatenate([np.flatnonzero(labels == digit)[:100] for digit in range(5, 10)])
    rest = np.setdiff1d(np.arange(len(labels)), few)
    training, held_out = (images[few], labels[few]), (images[rest], labels[rest])
    train(replace(DEEP, epochs=10), low, held_out, tmp_path / "low.npz")
    config = replace(DEEP, epochs=24, batch_size=20, peak_learning_rate=2e-3)

    scratch = train(config, training, held_out)
    reused = train(replace(config, start_from=str(tmp_path / "low.npz")), training, held_out)

    assert reused > scratch
    assert reused >= 0.91
