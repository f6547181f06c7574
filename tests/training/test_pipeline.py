"""A run publishes a version that says all about itself, or nothing at all."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from stand_in_mnist import QUICK

from digits.contract import SCORE_OUTPUT
from digits.store import MANIFEST_PATH, TWIN_PATH, ModelStore
from training import pipeline
from training.config import VALIDATION_IMAGES, TrainingConfig
from training.dataset.files import SHA256
from training.engines import open_saved_model, open_twin
from training.errors import BelowGateError, DivergedError
from training.evaluation import predict
from training.feeding import training_batches
from training.recipes import RECIPES
from training.warmup import WARMUP_PATH


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "store")


def files(store):
    return [path for path in store.root.rglob("*") if not path.is_dir()]


def test_publishes_a_version_that_the_store_opens(published):
    opened = ModelStore(published.directory.parents[1]).open(1)

    assert opened == published
    assert WARMUP_PATH in published.manifest.files
    assert opened.twin is not None


def test_both_engines_of_the_version_give_the_measured_accuracy(published, stand_in):
    engines = open_saved_model(published.directory), open_twin(published.directory / TWIN_PATH)

    for engine in engines:
        found = engine(stand_in.test_images).argmax(axis=1)
        accuracy = (found == stand_in.test_labels).mean()
        assert published.manifest.metrics["test_accuracy"] == pytest.approx(accuracy)


def test_learns_something_in_ten_steps(published):
    assert published.manifest.metrics["test_accuracy"] > 0.2, "a guess is right in one of ten"


def test_the_manifest_says_what_was_run_on_what_with_what(published):
    manifest = published.manifest

    assert manifest.training == QUICK.as_json()
    assert manifest.seed == QUICK.seed
    assert manifest.network == "conv"
    assert manifest.weights == pytest.approx(198_000, abs=1_000)
    assert manifest.classes == tuple("0123456789")
    assert manifest.data == dict(SHA256)
    assert set(manifest.libraries) >= {"python", "tensorflow", "keras", "ai-edge-litert", "numpy", "opencv"}
    assert all(manifest.libraries.values())
    assert manifest.created.utcoffset().total_seconds() == 0


def test_the_manifest_has_every_figure(published):
    scores = {f"{split}_{n}" for split in ("validation", "test") for n in ("accuracy", "nll", "brier", "ece")}
    parity = {f"{export}_{n}" for export in ("saved_model", "twin") for n in ("agreement", "max_abs_diff")}

    assert set(published.manifest.metrics) == scores | parity
    assert published.manifest.metrics["twin_agreement"] == 1


def test_the_manifest_names_every_other_file(published):
    found = {
        p.relative_to(published.directory).as_posix() for p in published.directory.rglob("*") if p.is_file()
    }

    assert set(published.manifest.files) == found - {MANIFEST_PATH}
    assert TWIN_PATH in found


def test_the_manifest_is_json_that_strict_readers_read(published):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    json.loads((published.directory / MANIFEST_PATH).read_text(), parse_constant=refuse)


@pytest.mark.usefixtures("published")
def test_says_how_it_goes(said):
    text = "\n".join(said)

    assert re.search(r"^Training 'conv', 19\d,\d{3} weights, for 1 epochs? on .+\.$", text, re.MULTILINE)
    assert re.search(r"^epoch 1/1  loss ", text, re.MULTILINE)
    assert re.search(r"^  test_accuracy +\d+\.\d\d%$", text, re.MULTILINE)
    assert re.search(
        r"^Published \S+/digits/1 after \d+ s, \d+ s of CPU time on \d+ cores", text, re.MULTILINE
    )


def test_records_its_epochs_and_figures(published, record):
    (epoch,) = record.folder.history()

    assert list(epoch) == [
        *("epoch", "accuracy", "loss", "val_accuracy", "val_loss"),
        *("learning_rate", "elapsed_s"),
    ]
    assert epoch["epoch"] == 1
    assert epoch["val_accuracy"] == pytest.approx(published.manifest.metrics["validation_accuracy"], abs=1e-6)
    assert record.folder.metrics()["metrics"] == published.manifest.metrics
    assert record.folder.metrics()["published"] == 1
    assert (record.folder.path / "report.html").is_file()


def weights(version):
    """Every saved array by its key; beside them lie names, which count up in one process."""
    checkpoint = tf.train.load_checkpoint(str(version.directory / "variables/variables"))
    keys = checkpoint.get_variable_to_shape_map().keys() - {"_CHECKPOINTABLE_OBJECT_GRAPH"}
    return {key: checkpoint.get_tensor(key) for key in keys}


def test_equal_configs_give_equal_weights(published, published_again):
    first, again = weights(published), weights(published_again)

    assert first.keys() == again.keys()
    assert all(np.array_equal(first[key], again[key]) for key in first)
    assert sum(value.size for value in first.values()) > 190_000


def test_equal_configs_give_equal_predictions(published, published_again, stand_in):
    first, again = (open_twin(version.twin)(stand_in.test_images) for version in (published, published_again))

    assert np.array_equal(first, again)
    assert published_again.manifest.metrics == published.manifest.metrics


@pytest.fixture(scope="module")
def refused(stand_in, tmp_path_factory):
    """A run with another seed, refused at its gate: the error, its store, what it said."""
    store, said = ModelStore(tmp_path_factory.mktemp("refused")), []
    with pytest.raises(BelowGateError) as raised:
        pipeline.run(
            replace(QUICK, seed=QUICK.seed + 1, min_accuracy=0.999),
            stand_in,
            store,
            said.append,
            cache=store.root,
        )
    return raised.value, store, said


def test_publishes_nothing_below_its_gate(refused):
    error, store, _ = refused

    assert re.search(r"accuracy is \d+\.\d\d%, below the 99\.90% that --min-accuracy demands", str(error))
    assert store.versions() == ()
    assert files(store) == []


@pytest.mark.usefixtures("published")
def test_another_seed_trains_another_network(said, refused):
    figures, others = (
        re.findall(r"loss ([\d.]+)", next(line for line in lines if line.startswith("epoch")))
        for lines in (said, refused[2])
    )

    assert len(figures) == 2
    assert all(figure != other for figure, other in zip(figures, others, strict=True))


def test_publishes_nothing_when_it_diverges(stand_in, store):
    config = replace(QUICK, epochs=5, batch_size=8, peak_learning_rate=1000, warmup_fraction=0)

    with pytest.raises(DivergedError, match=r"epoch \d, step \d+"):
        pipeline.run(config, stand_in, store, print, cache=store.root)

    assert store.versions() == ()
    assert files(store) == []


def test_keeps_the_best_weights_of_a_run_that_gets_worse(stand_in):
    """A rate so high that every step after the first few spoils what was learned."""
    config = replace(
        RECIPES["article"].config,
        epochs=9,
        train_images=200,
        peak_learning_rate=1.0,
        validate_steps=1,
        patience=10,
    )
    said = []

    network = pipeline.train(config, stand_in, {}, said.append)

    kept = float(re.search(r"^Kept the weights of the lowest validation loss, (\S+)\.$", said[-1])[1])
    assert pipeline.predict_validation(network, stand_in).scores.nll == pytest.approx(kept, abs=1e-4)
    assert sum(line.startswith("epoch") for line in said) < 9


def test_averaged_weights_fit_their_statistics(stand_in):
    """With the last step's statistics, weights averaged over so few steps would guess."""
    config = replace(
        QUICK,
        network="dense",
        hidden=(50,),
        batch_norm=True,
        train_images=1280,
        epochs=2,
        weight_averaging=0.8,
    )

    network = pipeline.train(config, stand_in, {}, lambda _: None)

    assert pipeline.predict_validation(network, stand_in).scores.accuracy > 0.5


def test_learns_what_its_teachers_say(stand_in, monkeypatch):
    """Whose share is all of the label: these say three to whatever they see."""
    three = np.eye(10, dtype=np.float32)[3]
    monkeypatch.setattr(
        "training.feeding.open_teachers", lambda _: lambda images: np.tile(three, (len(images), 1))
    )
    config = replace(QUICK, network="dense", hidden=(50,), train_images=1280, epochs=2)

    taught = pipeline.train(
        replace(config, teachers=("store/1",), taught_share=1.0), stand_in, {}, lambda _: None
    )
    untaught = pipeline.train(config, stand_in, {}, lambda _: None)

    threes = [(predict(each, stand_in.test_images).argmax(axis=1) == 3).mean() for each in (taught, untaught)]
    assert threes[0] > 0.95
    assert threes[1] < 0.5


def test_the_last_images_of_each_batch_are_spoiled_and_no_other(stand_in):
    still = {"max_rotation_deg": 0, "max_shift_px": 0, "max_scale": 0, "max_shear": 0}
    images = training_batches(TrainingConfig(spoiled_share=0.25, train_images=640, **still), stand_in, {})[0][
        0
    ]

    known = {image.tobytes() for image in stand_in.train_images[VALIDATION_IMAGES:]}
    assert [image.tobytes() in known for image in images] == [True] * 48 + [False] * 16


def test_trains_on_no_image_that_it_validates_on(stand_in):
    config = TrainingConfig(
        batch_size=50, train_images=500, max_rotation_deg=0, max_shift_px=0, max_scale=0, max_shear=0
    )

    batches = training_batches(config, stand_in, {})

    seen = {image.tobytes() for index in range(len(batches)) for image in batches[index][0]}
    assert len(batches) == 10
    assert seen == {image.tobytes() for image in stand_in.train_images[5000:5500]}


@pytest.mark.slow
def test_with_pictures_the_version_scores_what_is_no_digit(published_with_pictures, stand_in):
    folder = published_with_pictures.directory

    saved = open_saved_model(folder, output=SCORE_OUTPUT)(stand_in.test_images)
    twin = open_twin(folder / TWIN_PATH, output=SCORE_OUTPUT)(stand_in.test_images)

    assert saved.shape == (len(stand_in.test_images),)
    assert 0 <= saved.min() < saved.max() <= 1
    np.testing.assert_allclose(twin, saved, atol=1e-4)


@pytest.mark.slow
def test_with_pictures_one_validation_digit_in_a_hundred_scores_below_one_half(published_with_pictures):
    metrics = published_with_pictures.manifest.metrics

    assert metrics["none_digits_lost"] < 0.2, "of rendered digits alone, which are harder than MNIST's"
    assert {"font_accuracy", "written_accuracy", "none_auroc", "none_refused"} <= set(metrics)
    assert metrics["written_accuracy"] > 0.15


def test_without_pictures_it_has_no_digit_score(published):
    with pytest.raises(KeyError):
        open_twin(published.twin, output=SCORE_OUTPUT)(np.zeros((1, 28, 28), np.uint8))
