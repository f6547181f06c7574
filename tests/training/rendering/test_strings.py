"""Digits side by side: all of them there, and none of them alone."""

import numpy as np
import pytest

from digits.imaging import to_framed
from training.rendering.strings import side_by_side


@pytest.fixture
def trio(mnist_test):
    images, labels = mnist_test
    return np.stack([images[labels == digit][0] for digit in (3, 0, 7)])


def test_all_digits_are_there(trio):
    strings = [side_by_side(trio, np.random.default_rng(i)) for i in range(30)]

    ink = trio.sum() * 4.0  # at twice the size
    assert np.mean([string.sum() for string in strings]) == pytest.approx(ink, rel=0.1)
    assert np.mean([np.ptp(np.flatnonzero(string.any(axis=0))) for string in strings]) > 80


def test_they_stand_near_each_other_or_touch(trio):
    strings = [side_by_side(trio, np.random.default_rng(i)) for i in range(60)]

    ends = [np.flatnonzero(string.any(axis=0))[[0, -1]] for string in strings]
    gaps = [(~string[:, a:b].any(axis=0)).any() for string, (a, b) in zip(strings, ends, strict=True)]
    assert 0.2 < np.mean(gaps) < 1


def test_the_frame_shows_none_of_them(trio):
    framed = [to_framed(side_by_side(trio[:2], np.random.default_rng(i))) for i in range(50)]

    alike = [max(np.corrcoef(image.ravel(), digit.ravel())[0, 1] for digit in trio) for image in framed]
    assert np.median(alike) < 0.6
