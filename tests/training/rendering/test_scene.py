"""Pictures of ink: as varied as real ones, and still readable."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from digits.imaging import to_digit_image
from digits.store import ModelStore
from training.engines import open_version
from training.rendering.glyphs import font_files
from training.rendering.hand import rewrite
from training.rendering.outliers import outlier
from training.rendering.scene import photograph


def gray(picture):
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


@pytest.fixture(scope="module")
def pictures(mnist_test):
    return [photograph(ink, np.random.default_rng(i)) for i, ink in enumerate(mnist_test[0][:300])]


def test_the_same_generator_takes_the_same_picture(mnist_test, pictures):
    again = photograph(mnist_test[0][5], np.random.default_rng(5))

    np.testing.assert_array_equal(again, pictures[5])


def test_pictures_are_rgb_of_many_sizes_and_shapes(pictures):
    sides = [max(picture.shape) for picture in pictures]
    aspects = [picture.shape[1] / picture.shape[0] for picture in pictures]

    assert all(
        picture.ndim == 3 and picture.shape[2] == 3 and picture.dtype == np.uint8 for picture in pictures
    )
    assert (min(sides), max(sides)) == (pytest.approx(10, abs=4), pytest.approx(200, abs=4))
    assert (min(aspects), max(aspects)) == (pytest.approx(0.6, abs=0.15), pytest.approx(1.6, abs=0.3))


def test_some_pictures_are_light_on_dark(pictures):
    dark = np.mean([np.median(picture) < 100 for picture in pictures])

    assert 0.05 < dark < 0.4


def test_the_service_s_imaging_and_the_served_model_read_what_was_drawn(mnist_test, pictures, served):
    images = np.stack([to_digit_image(gray(picture)) for picture in pictures])

    assert (served(images).argmax(axis=1) == mnist_test[1][:300]).mean() > 0.95


def test_another_hand_writes_another_shape_of_the_same_digit(mnist_test, served):
    inks = [rewrite(ink, np.random.default_rng(i)) for i, ink in enumerate(mnist_test[0][:300])]
    images = np.stack([to_digit_image(255 - np.pad(ink, 20)) for ink in inks])

    assert (served(images).argmax(axis=1) == mnist_test[1][:300]).mean() > 0.95
    assert (
        np.mean([np.array_equal(image, ink) for image, ink in zip(images, mnist_test[0], strict=False)]) == 0
    )


def test_outliers_differ_from_each_other():
    fonts = font_files(held_out=True)
    pictures = [outlier(fonts, np.random.default_rng(i)) for i in range(60)]

    assert all(
        picture.dtype == np.uint8 and picture.ndim == 2 and np.ptp(picture) > 20 for picture in pictures
    )
    assert len({picture.tobytes() for picture in pictures}) == 60


@pytest.fixture(scope="module")
def served():
    return open_version(ModelStore(Path("model_store")).open(1))
