"""Digits side by side: cut right they stay what they are, cut wrong they are no digit."""

import numpy as np
import pytest

from training.rendering.strings import no_single_digit, whole_digit_with_rest


@pytest.fixture
def trio(mnist_test):
    images, labels = mnist_test
    return np.stack([images[labels == digit][0] for digit in (3, 0, 7)])


def test_a_whole_digit_keeps_its_shape(trio):
    framed = [whole_digit_with_rest(trio, np.random.default_rng(i)) for i in range(50)]

    alike = [np.corrcoef(image.ravel(), trio[0].ravel())[0, 1] for image in framed]
    assert np.median(alike) > 0.6


def test_what_is_cut_wrong_looks_like_none_of_its_digits(trio):
    framed = [no_single_digit(trio, np.random.default_rng(i)) for i in range(50)]

    alike = [
        max(np.corrcoef(image.ravel(), digit.ravel())[0, 1] for digit in trio)
        for image in framed
        if image is not None
    ]
    assert np.median(alike) < 0.6


def test_a_part_without_ink_is_left_out():
    blank = np.zeros((3, 28, 28), np.uint8)
    blank[:, 14, 14] = 255

    assert no_single_digit(blank, np.random.default_rng(0)) is None
