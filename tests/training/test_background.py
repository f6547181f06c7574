"""The network takes away paper, light and bands, and leaves ink on black as it is."""

import cv2
import keras
import numpy as np
import pytest

from training.background import TopHat


def take_away(images):
    return TopHat()(images.astype(np.float32)[..., np.newaxis] / 255).numpy()[..., 0]


@pytest.fixture
def drawn():
    """Two strokes of 4 pixels at full strength."""
    image = np.zeros((28, 28), np.uint8)
    cv2.line(image, (8, 6), (20, 6), 255, 4)
    cv2.line(image, (20, 6), (12, 22), 255, 4)
    return image


def test_ink_on_black_stays_as_it_is(drawn):
    assert np.array_equal(take_away(drawn[np.newaxis])[0], drawn / np.float32(255))


def test_gray_paper_becomes_black_and_pale_ink_full(drawn):
    pale = 90 + drawn // 3

    assert np.allclose(take_away(pale[np.newaxis])[0], drawn / 255, atol=0.02)


def test_sloping_light_becomes_black(drawn):
    light = np.linspace(0, 100, 28)[np.newaxis, :]

    found = take_away((light + drawn / 2)[np.newaxis])[0]

    assert np.abs(found - drawn / 255).mean() < 0.05


def test_a_band_at_the_edge_becomes_black(drawn):
    banded = drawn.copy()
    banded[:, :6] = 255 - banded[:, :6]

    assert np.array_equal(take_away(banded[np.newaxis])[0], drawn / np.float32(255))


def test_each_image_is_stretched_by_itself(drawn):
    together = take_away(np.stack([drawn, drawn // 4, np.zeros_like(drawn)]))

    assert together[0].max() == together[1].max() == 1
    assert together[2].max() == 0


def test_faint_noise_is_not_stretched_to_full_strength():
    noise = np.random.default_rng(1).integers(0, 12, (1, 28, 28))

    assert take_away(noise).max() < 0.31


def test_computes_in_32_bits_whatever_the_rest_does(drawn):
    layer = TopHat(dtype="mixed_bfloat16")

    found = layer(drawn[np.newaxis, ..., np.newaxis] / np.float32(255))

    assert keras.backend.standardize_dtype(found.dtype) == "float32"
