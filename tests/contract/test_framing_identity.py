"""MNIST's images are digit images already: reading one gives it back bit for bit."""

import numpy as np
import pytest

from digits.imaging import frame
from digits.imaging.read import to_digit_image


@pytest.fixture(scope="module")
def framed(mnist_test):
    return np.stack([frame(image) for image in mnist_test[0]])


def test_framing_returns_all_but_three_unchanged(framed, mnist_test):
    same = (framed == mnist_test[0]).all(axis=(1, 2))

    assert same.sum() >= 9_997


def test_the_others_have_a_box_of_19_pixels(framed, mnist_test):
    changed = mnist_test[0][(framed != mnist_test[0]).any(axis=(1, 2))]

    for image in changed:
        rows, columns = np.nonzero(image)
        assert max(np.ptp(rows), np.ptp(columns)) + 1 == 19


@pytest.mark.parametrize("inverted", [False, True], ids=["light-on-dark", "dark-on-light"])
def test_the_whole_way_returns_them_unchanged(mnist_test, inverted):
    same = sum(
        np.array_equal(to_digit_image(255 - image if inverted else image), image) for image in mnist_test[0]
    )

    assert same >= 9_997
