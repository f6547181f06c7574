"""What is written to disk computes what the network in memory computes, or is refused."""

import resource
import shutil
from collections import namedtuple

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from digits.store import TWIN_PATH, ModelStore
from training.activations import ACTIVATIONS, activation
from training.engines import open_saved_model, open_twin
from training.errors import EnginesDisagreeError, NoRoomError
from training.evaluation import predict
from training.export import check_room, write_saved_model, write_twin
from training.parity import compare, compare_engines

WEIGHTS = 5 * 5 * 16 + 16 + 8 * 8 * 16 * 10 + 10
FILES = {
    "saved_model.pb",
    "fingerprint.pb",
    "variables/variables.index",
    "variables/variables.data-00000-of-00001",
    TWIN_PATH,
}


def untrained():
    """Large enough that its weights, not the names of its layers, make the size of its files."""
    return keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            layers.Rescaling(1 / 255),
            layers.Reshape((28, 28, 1)),
            layers.Conv2D(16, 5, strides=3, activation="relu"),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def export(network, folder):
    folder.mkdir(parents=True)
    write_saved_model(network, folder)
    write_twin(folder)
    return folder


@pytest.fixture(scope="module")
def images(mnist_test):
    """More than the first batches and two of the later ones."""
    return mnist_test[0][:1100]


@pytest.fixture(scope="module")
def network():
    keras.utils.set_random_seed(1)
    return untrained()


@pytest.fixture(scope="module")
def expected(network, images):
    return predict(network, images)


@pytest.fixture(scope="module")
def exported(network, tmp_path_factory):
    return export(network, tmp_path_factory.mktemp("export") / "model")


@pytest.fixture
def copied(exported, tmp_path):
    return shutil.copytree(exported, tmp_path / "copy")


def test_writes_the_files_of_a_version_and_no_empty_folders(exported):
    assert {path.relative_to(exported).as_posix() for path in exported.rglob("*") if path.is_file()} == FILES
    assert all(any(path.iterdir()) for path in exported.rglob("*") if path.is_dir())


def test_the_signature_is_the_image_contracts(exported):
    signatures = tf.saved_model.load(str(exported)).signatures

    assert sorted(signatures) == ["classify", "serving_default"]
    function = signatures["serving_default"]
    assert function.structured_input_signature[1] == {
        "images": tf.TensorSpec((None, 28, 28), tf.uint8, name="images")
    }
    assert {
        name: (spec.shape.as_list(), spec.dtype) for name, spec in function.structured_outputs.items()
    } == {"probabilities": ([None, 10], tf.float32)}


@pytest.mark.parametrize("size", [1, 7, 64])
@pytest.mark.parametrize("engine", ["saved_model", "twin"])
def test_takes_any_number_of_images(exported, images, expected, engine, size):
    run = open_saved_model(exported) if engine == "saved_model" else open_twin(exported / TWIN_PATH)

    found = run(images[:size])

    assert found.dtype == np.float32
    assert np.allclose(found, expected[:size], atol=1e-5)
    assert np.allclose(found.sum(axis=1), 1, atol=1e-5)


def test_writes_each_weight_once(exported):
    checkpoint = tf.train.load_checkpoint(str(exported / "variables/variables"))

    shapes = checkpoint.get_variable_to_shape_map()
    shapes.pop("_CHECKPOINTABLE_OBJECT_GRAPH")
    assert sum(int(np.prod(shape)) for shape in shapes.values()) == WEIGHTS
    assert (exported / TWIN_PATH).stat().st_size < 1.5 * 4 * WEIGHTS


def test_both_exports_agree_with_the_network(exported, images, expected):
    found = compare_engines(exported, images, expected)

    assert set(found) == {"saved_model", "twin"}
    assert all(parity.agreement == 1 for parity in found.values())
    assert all(parity.max_abs_diff < 1e-5 for parity in found.values())


def test_compares_few_images_too(exported, images, expected):
    assert compare_engines(exported, images[:3], expected[:3])["twin"].agreement == 1


@pytest.mark.parametrize(
    ("engine", "spoiled"),
    [pytest.param("twin", TWIN_PATH, id="twin"), pytest.param("saved_model", "variables", id="saved-model")],
)
def test_refuses_an_export_of_another_network(copied, images, expected, tmp_path, engine, spoiled):
    other = export(untrained(), tmp_path / "other")
    if (copied / spoiled).is_dir():
        shutil.rmtree(copied / spoiled)
    (other / spoiled).rename(copied / spoiled)

    with pytest.raises(EnginesDisagreeError, match=rf"The {engine} export agrees .* of 1,100 images"):
        compare_engines(copied, images, expected)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p.__setitem__((-1, 3), np.nan), id="not-a-number"),
        pytest.param(lambda p: p.__setitem__((-1, 3), p[-1, 3] + 2e-4), id="one-probability-differs"),
    ],
)
def test_refuses_the_slightest_difference_in_the_last_image(exported, images, expected, change):
    changed = expected.copy()
    change(changed)

    with pytest.raises(EnginesDisagreeError, match="differs by up to"):
        compare_engines(exported, images, changed)


def test_compares_answers_and_probabilities():
    found = np.array([[0.75, 0.25], [0.5, 0.5], [0.0, 1.0], [1.0, 0.0]], np.float32)
    expected = np.array([[0.25, 0.75], [0.5, 0.5], [0.0, 1.0], [0.75, 0.25]], np.float32)

    parity = compare(found, expected)

    assert (parity.agreement, parity.max_abs_diff) == (0.75, 0.5)


def test_says_so_when_the_disk_is_full(network, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(NoRoomError, match=r"File too large.*--model-store"):
            write_saved_model(network, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_store_that_can_be_written_has_room_and_stays_empty(tmp_path):
    store = ModelStore(tmp_path / "new" / "store")

    check_room(store)

    assert store.versions() == ()
    assert list((store.root / "digits").iterdir()) == []


def occupied(path):
    path.parent.mkdir(parents=True)
    path.touch()


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("occupied", id="under-a-file"),
        pytest.param("occupied/store", id="a-file"),
        pytest.param("occupied/store/digits", id="a-file-in-the-models-place"),
    ],
)
def test_refuses_a_store_that_cannot_be_written(tmp_path, file):
    occupied(tmp_path / "folder" / file)
    store = ModelStore(tmp_path / "folder/occupied/store")

    with pytest.raises(NoRoomError, match=r"occupied/store: .*--model-store"):
        check_room(store)


def test_refuses_a_store_whose_disk_is_almost_full(tmp_path, monkeypatch):
    usage = namedtuple("usage", "total used free")(100, 99, 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    with pytest.raises(NoRoomError, match="only 1,000,000 bytes are free"):
        check_room(ModelStore(tmp_path))


def test_both_engines_compute_every_activation(images, tmp_path):
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            *(layer for name in ACTIVATIONS for layer in (layers.Dense(20), activation(name))),
            layers.Dense(10),
        ]
    )

    parity = compare_engines(export(network, tmp_path / "model"), images, predict(network, images))

    assert all(found.agreement == 1 for found in parity.values())
