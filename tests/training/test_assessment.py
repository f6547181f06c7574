"""An assessment counts right answers as a person would."""

import numpy as np
import pytest

from training.assessment import assess
from training.label_errors import CORRECTED, UNRESOLVABLE


def sure(digits):
    """Probabilities of an engine that is sure of these digits."""
    return np.eye(10, dtype=np.float32)[digits]


def reading(images, labels):
    """An engine that knows these images by heart; all others are a 0 to it."""
    known = {image.tobytes(): label for image, label in zip(images, labels, strict=True)}
    return lambda batch: sure([known.get(image.tobytes(), 0) for image in batch])


def test_counts_by_mnists_labels_by_the_corrected_and_without_the_undecidable(mnist_test):
    images, labels = mnist_test

    found = assess(reading(images, labels), images, labels, names=[])

    assert found.right.all()
    assert found.accuracy.wrong == 0
    assert (found.corrected.wrong, found.corrected.images) == (len(CORRECTED), 10_000)
    assert (found.resolvable.wrong, found.resolvable.images) == (len(CORRECTED), 10_000 - len(UNRESOLVABLE))
    assert (found.scores.accuracy, found.scores.nll) == (1, 0)


def test_counts_what_imaging_takes_back_as_framed_only(mnist_test):
    images, labels = mnist_test[0][:50], mnist_test[1][:50]

    found = assess(reading(images, labels), images, labels, names=["brightness"]).corruptions["brightness"]

    assert found.as_is == pytest.approx((labels == 0).mean())
    assert found.framed >= found.as_is
    assert found.blank == 0


def test_what_is_blank_to_imaging_is_wrong():
    images, labels = np.zeros((4, 28, 28), np.uint8), np.zeros(4, np.uint8)

    found = assess(lambda batch: sure([0] * len(batch)), images, labels, names=["scale", "stripe"])

    assert found.corruptions["scale"].as_is == 1
    assert (found.corruptions["scale"].framed, found.corruptions["scale"].blank) == (0, 4)
    assert found.mean_robustness.as_is == 1
    assert found.mean_robustness.blank >= 4


def test_shows_how_far_it_has_come(mnist_test):
    passed = []

    def track(names):
        for name in names:
            passed.append(name)
            yield name

    assess(reading([], []), *(part[:10] for part in mnist_test), names=["shear", "fog"], track=track)

    assert passed == ["shear", "fog"]
