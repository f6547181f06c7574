"""Labels of which a share is what published versions say of the very image."""

from pathlib import Path

import numpy as np
import pytest

from digits.store import ModelStore
from training.distillation import open_teachers, teach_answers, teach_rows
from training.engines import open_version
from training.errors import NoVersionError

MODEL_STORE = Path(__file__).parents[2] / "model_store"
LABELS = np.array([3, 0], np.uint8)


@pytest.fixture
def images():
    return np.random.default_rng(1).integers(0, 256, (2, 28, 28), np.uint8)


def test_several_teachers_give_their_mean(images):
    store = ModelStore(MODEL_STORE)
    each = [open_version(store.open(number))(images) for number in (1, 2)]

    mean = open_teachers([MODEL_STORE / "digits" / "1", MODEL_STORE / "digits" / "2"])(images)

    assert mean.dtype == np.float32
    np.testing.assert_allclose(mean, sum(each) / 2, atol=1e-6)


def test_mixes_labels_and_answers(images):
    answers = np.full((2, 10), 0.1, np.float32)

    targets = teach_answers(lambda _: answers, 0.5, 11)(images, LABELS)

    assert targets.shape == (2, 11)
    assert targets.dtype == np.float32
    np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(targets[0], [0.05] * 3 + [0.55] + [0.05] * 6 + [0], atol=1e-6)


def test_asks_about_the_images_that_are_learned(images):
    asked = []

    def answer(seen):
        asked.append(seen)
        return np.full((2, 10), 0.1, np.float32)

    teach_answers(answer, 1.0, 10)(images, LABELS)

    assert asked[0] is images


def test_without_teachers_labels_are_certain(images):
    assert np.array_equal(teach_rows(11)(images, LABELS), np.eye(11, dtype=np.float32)[[3, 0]])


def test_refuses_what_is_no_versions_folder(tmp_path):
    with pytest.raises(NoVersionError, match=r"/network is no version's folder\. "):
        open_teachers([tmp_path / "network"])
