"""What people said against answers tunes a version, and only a better one is published."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from corrected import ROOM, new_store, seven, sqlite_url
from PIL import Image
from stand_in_mnist import load_stand_in

from digits.corrections.errors import BrokenExportError
from digits.corrections.export import write_export
from digits.imaging import read_digit
from digits.store import ModelStore
from training import reuse
from training.comparison import Comparison, check_better, compare_networks
from training.config import TrainingConfig
from training.corrections import load_corrections
from training.errors import NotBetterError, ReuseError, TooFewCorrectionsError
from training.feeding import training_batches
from training.main import main
from training.mixture import CORRECTED
from training.rendering import Pool

FLAGS = [
    *("--rendered-share=0", "--network=dense", "--hidden=60", "--dropout=0", "--batch-size=50"),
    *("--min-accuracy=0", "--no-report", "--corrections-share=0.2"),
]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What `main` sets for TensorFlow ends with the test."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


def upside_down(images):
    """How somebody writes whom the model does not know."""
    return [_png(np.kron(255 - image[::-1], np.ones((4, 4), np.uint8))) for image in images]


def _png(gray):
    buffer = io.BytesIO()
    Image.fromarray(gray).save(buffer, "PNG")
    return buffer.getvalue()


def keep(folder, pictures, labels):
    """A database with corrections: its URL."""
    store = new_store(sqlite_url(folder))
    for picture, label in zip(pictures, labels, strict=True):
        store.add(picture, str(label), agreed=datetime(2026, 11, 25, tzinfo=UTC), limits=ROOM)
    store.close()
    return sqlite_url(folder)


@pytest.fixture(scope="module")
def some(stand_in):
    """A hundred fours and sevens, as they were not written for MNIST."""
    chosen = np.flatnonzero(np.isin(stand_in.train_labels, (4, 7)))[:100]
    return upside_down(stand_in.train_images[chosen]), stand_in.train_labels[chosen]


@pytest.fixture(scope="module")
def url(some, tmp_path_factory):
    return keep(tmp_path_factory.mktemp("corrections"), *some)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A store with a small version that knows nothing of them."""
    root = tmp_path_factory.mktemp("served")
    flags = ["--recipe=dense-modern", "--hidden=60", "--epochs=3", "--train-images=4000"]
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
        environment.setenv("KERAS_BACKEND", "tensorflow")
        store = ["--model-store", str(root), "--min-accuracy=0", "--no-report"]
        assert main([*flags, *store], load=load_stand_in) == 0
    return ModelStore(root)


def tune(store, source, *flags):
    given = ["--corrections", str(source), "--model-store", str(store.root), *FLAGS, *flags]
    return main(given, load=load_stand_in)


def test_a_version_that_learned_from_corrections_is_published(served, url, capsys):
    before = reuse.open_source(served.open(1).directory)

    assert tune(served, url, "--epochs=2", "--peak-learning-rate=0.002") == 0

    tuned = served.open(2)
    metrics, said = tuned.manifest.metrics, capsys.readouterr().out
    assert "to train on" in said
    assert metrics["corrections_accuracy"] > metrics["corrections_accuracy_before"]
    assert (
        metrics["corrections_validation_accuracy"]
        >= metrics["corrections_validation_accuracy_before"] - 0.001
    )
    assert metrics["corrections_validation_accuracy"] == pytest.approx(metrics["validation_accuracy"])
    assert tuned.manifest.training["start_from"] == str(served.open(1).directory)
    assert len(tuned.manifest.data["corrections"]) == 64
    after = reuse.open_source(tuned.directory)
    corrections = load_corrections(url, with_none=False, say=lambda _: None)
    stand_in = load_stand_in()
    again = compare_networks(
        before,
        after,
        validation=(stand_in.train_images[:5000], stand_in.train_labels[:5000]),
        held_out=corrections.held_out,
    )
    assert again.accuracy == pytest.approx(metrics["corrections_accuracy"])
    assert again.p_value < 0.05


def test_one_that_learned_nothing_is_not_published_and_says_why(served, url, capsys):
    versions = served.versions()

    assert (
        tune(
            served,
            url,
            "--train-images=500",
            "--epochs=1",
            "--peak-learning-rate=0",
            f"--start-from={_first(served)}",
        )
        == 1
    )

    assert served.versions() == versions
    assert "corrections held out it gets" in capsys.readouterr().err


def _first(store):
    return store.open(1).directory


def found(**changes):
    measured = {
        "validation_accuracy_before": 0.996,
        "validation_accuracy": 0.995,
        "accuracy_before": 0.2,
        "accuracy": 0.25,
        "held_out": 20,
        "p_value": 1.0,
    }
    return Comparison(**{**measured, **changes})


def test_better_on_corrections_and_five_images_worse_on_mnist_is_better():
    check_better(found())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"validation_accuracy": 0.9948}, r"MNIST.*99\.48%.*99\.60%", id="forgot-mnist"),
        pytest.param({"accuracy": 0.2}, r"20 corrections.*20\.0%", id="as-good"),
        pytest.param({"accuracy": 0.1}, r"10\.0%.*20\.0%", id="worse"),
    ],
)
def test_what_is_not_better_is_refused(changes, reason):
    with pytest.raises(NotBetterError, match=reason):
        check_better(found(**changes))


def test_the_same_ones_are_held_out_wherever_they_come_from(url, tmp_path):
    from digits.corrections.reading import read_corrections

    write_export(reversed(list(read_corrections(url))), tmp_path / "out.tar")

    one, other = (
        load_corrections(source, with_none=False, say=lambda _: None)
        for source in (url, str(tmp_path / "out.tar"))
    )

    assert one.sha256 == other.sha256
    assert np.array_equal(one.held_out[0], other.held_out[0])
    assert np.array_equal(one.training[1], other.training[1])
    assert 10 <= len(one.held_out[1]) <= 30
    assert len(one.held_out[1]) + len(one.training[1]) == 100


def test_pictures_pass_the_services_imaging_and_none_is_the_eleventh(some, tmp_path):
    url = keep(tmp_path, some[0][:60], ["none"] * 60)

    kept = load_corrections(url, with_none=True, say=lambda _: None)

    images = np.concatenate([kept.training[0], kept.held_out[0]])
    framed = {read_digit(each, max_pixels=10**6).image.tobytes() for each in some[0][:60]}
    assert {image.tobytes() for image in images} == framed
    assert set(kept.training[1]) == {10}
    with pytest.raises(TooFewCorrectionsError, match="There are 0 corrections"):
        load_corrections(url, with_none=False, say=lambda _: None)


def test_blank_pictures_are_left_out(some, tmp_path):
    said = []
    blank = _png(np.full((40, 40), 255, np.uint8))
    url = keep(tmp_path, [*some[0][:60], blank], [*some[1][:60], 7])

    kept = load_corrections(url, with_none=True, say=said.append)

    assert len(kept.training[1]) + len(kept.held_out[1]) == 60
    assert "1 of no use" in said[0]


def test_every_batch_has_its_share_and_few_corrections_repeat(stand_in):
    config = TrainingConfig(corrections_share=0.25, batch_size=64, train_images=640)
    pool = Pool(np.full((3, 28, 28), 200, np.uint8), np.full(3, 7, np.uint8))

    batches = training_batches(config, stand_in, {CORRECTED: pool})

    images, labels = batches[0]
    assert (len(images), len(batches)) == (64, 640 // 48)
    assert (labels[-16:] == 7).all()


def test_a_version_without_a_digit_score_is_not_tuned_on_what_is_none(served):
    config = TrainingConfig(rendered_share=0.5, corrections_share=0.1, start_from=str(_first(served)))

    with pytest.raises(ReuseError, match="--rendered-share 0"):
        reuse.begin(config)


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        pytest.param(["--recipe=corrections"], "needs --corrections", id="no-source"),
        pytest.param(["--corrections=x", "--recipe=conv"], "corrections_share is 0", id="no-share"),
        pytest.param(["--corrections=x", "--corrections-share=0.8"], "at most", id="too-large-a-share"),
        pytest.param(
            ["--corrections=x", "--start-from=y", "--keep-layers=2"], "keep_layers is 2", id="layers-dropped"
        ),
    ],
)
def test_flags_that_do_not_fit_are_named(flags, reason, capsys):
    with pytest.raises(SystemExit) as ended:
        main(flags, load=load_stand_in)

    assert ended.value.code == 2
    assert reason in capsys.readouterr().err


def test_a_source_that_is_none_ends_the_run_before_it_begins(served, capsys, tmp_path):
    assert tune(served, tmp_path / "missing.tar") == 1

    assert "digits-corrections export" in capsys.readouterr().err


def test_few_corrections_are_told_from_none(tmp_path):
    url = keep(tmp_path, [seven(width) for width in range(10, 15)], [7] * 5)

    with pytest.raises(TooFewCorrectionsError, match="There are 5 corrections"):
        load_corrections(url, with_none=True, say=lambda _: None)
    with pytest.raises(BrokenExportError):
        load_corrections(str(tmp_path), with_none=True, say=lambda _: None)


def test_the_recipe_tunes_the_network_that_is_served():
    from training.recipes import RECIPES

    recipe = RECIPES["corrections"]
    assert recipe.config.scores_digits
    assert recipe.config == replace(RECIPES["pictures"].config, **_differences(recipe.config))


def _differences(config):
    names = ("epochs", "peak_learning_rate", "rendered_share", "corrections_share")
    return {name: getattr(config, name) for name in names}
