"""Augmented images are the same digits, moved as far as was asked and no farther."""

import numpy as np
import pytest

from training.augmentation import affine, chain, stroke

NOTHING = {"rotation_deg": 0, "shift_px": 0, "scale": 0, "shear": 0}


class Extreme:
    """In a generator's place: each draw is the highest possible, or the lowest."""

    def __init__(self, *, highest=True):
        self._highest = highest

    def uniform(self, low, high, size):
        return np.full(size, high if self._highest else low)


def random(seed=1):
    return np.random.default_rng(seed)


def dot(row, column):
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, row, column] = 200
    return image


@pytest.fixture(scope="module")
def digits(mnist_test):
    """100 test images, not writable, as those read from a file are."""
    images = mnist_test[0][:100].copy()
    images.flags.writeable = False
    return images


@pytest.mark.parametrize(
    "augment",
    [
        pytest.param(affine(**NOTHING), id="affine"),
        pytest.param(stroke(amount=0), id="stroke"),
        pytest.param(chain(stroke(amount=0), affine(**NOTHING)), id="both"),
        pytest.param(chain(), id="empty-chain"),
    ],
)
def test_leaves_images_bit_for_bit_when_nothing_may_change(digits, augment):
    assert np.array_equal(augment(digits, random()), digits)


STRONG = [
    pytest.param(affine(rotation_deg=15, shift_px=2, scale=0.1, shear=0.2), id="affine"),
    pytest.param(stroke(amount=1), id="stroke"),
    pytest.param(chain(stroke(amount=1), affine(**NOTHING | {"rotation_deg": 15})), id="both"),
]


@pytest.mark.parametrize("augment", STRONG)
def test_changes_every_image_and_keeps_shape_and_type(digits, augment):
    changed = augment(digits, random())

    assert changed.shape == digits.shape
    assert changed.dtype == np.uint8
    assert (changed != digits).any(axis=(1, 2)).all()


@pytest.mark.parametrize("augment", STRONG)
def test_the_same_generator_state_gives_the_same_images(digits, augment):
    first, again, other = (augment(digits, random(seed)) for seed in (1, 1, 2))

    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("augment", STRONG)
def test_leaves_its_input_alone(digits, augment):
    images = digits.copy()

    augment(images, random())

    assert np.array_equal(images, digits)


@pytest.mark.parametrize(
    ("limits", "moved_to"),
    [
        pytest.param({"shift_px": 3}, (17, 22), id="shifted-down-and-right"),
        pytest.param({"rotation_deg": 90}, (19, 14), id="turned-about-the-center-of-mass"),
        pytest.param({"scale": 0.4}, (14, 21), id="stretched-from-the-center-of-mass"),
        pytest.param({"shear": 0.5}, (14, 19), id="slanted-on-the-center-line"),
    ],
)
def test_moves_ink_where_the_geometry_says(limits, moved_to):
    image = dot(14, 19)

    changed = affine(**NOTHING | limits)(image, Extreme())

    assert np.unravel_index(changed[0].argmax(), (28, 28)) == moved_to


def test_slants_ink_by_its_height():
    changed = affine(**NOTHING | {"shear": 0.5})(dot(20, 14), Extreme())

    assert np.unravel_index(changed[0].argmax(), (28, 28)) == (20, 17)


def test_goes_as_far_as_allowed_either_way_and_no_farther():
    dots = np.repeat(dot(14, 14), 2000, axis=0)

    shifted = affine(**NOTHING | {"shift_px": 2})(dots, random()).astype(float)

    ink = shifted.sum(axis=(1, 2))
    for axis in (1, 2):
        mass = shifted.sum(axis=3 - axis)
        moved = (mass * np.arange(28)).sum(axis=1) / ink - 14
        assert -2.05 < moved.min() < -1.9
        assert 1.9 < moved.max() < 2.05


def test_each_image_draws_its_own_change():
    ones = np.repeat(dot(14, 17), 50, axis=0)

    changed = affine(**NOTHING | {"shift_px": 2})(ones, random())

    assert len({image.tobytes() for image in changed}) == 50


def test_thickens_and_thins_strokes_by_a_pixel_on_each_side():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 4:24, 12:16] = 255

    thick = stroke(amount=1)(bar, Extreme())[0]
    thin = stroke(amount=1)(bar, Extreme(highest=False))[0]

    assert np.flatnonzero(thick[14]).tolist() == [11, 12, 13, 14, 15, 16]
    assert np.flatnonzero(thin[14]).tolist() == [13, 14]


def test_a_smaller_amount_goes_part_of_the_way():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 4:24, 12:16] = 200

    half = stroke(amount=0.5)(bar, Extreme())[0]

    assert half[14, 10:18].tolist() == [0, 100, 200, 200, 200, 200, 100, 0]


def test_a_chain_applies_its_steps_in_order():
    bar = np.full((1, 28, 28), 10, np.uint8)

    changed = chain(lambda images, _: images + 1, lambda images, _: images * 2)(bar, random())

    assert changed.max() == 22
