"""Augmented images are the same digits, moved as far as was asked and no farther."""

import cv2
import numpy as np
import pytest

from training.augmentation import (
    affine,
    blur,
    brightness,
    chain,
    contrast,
    crop,
    elastic,
    flip,
    hue,
    noise,
    resize,
    rotate,
    saturation,
    shear,
    shift,
    spoil,
    stroke,
)


class Extreme:
    """In a generator's place: each draw is the highest possible, or the lowest."""

    def __init__(self, *, highest=True):
        self._highest = highest

    def uniform(self, low, high, size):
        return np.full(size, high if self._highest else low)

    def random(self, size):
        return np.full(size, 0.999 if self._highest else 0.0)


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


@pytest.fixture(scope="module")
def pictures():
    """100 RGB pictures of colored noise on gray, not writable."""
    pictures = random().integers(60, 190, (100, 40, 30, 3)).astype(np.uint8)
    pictures.flags.writeable = False
    return pictures


@pytest.fixture
def batch(request, digits, pictures):
    """What an augmentation is for: digit images, or pictures."""
    return pictures if request.param == "pictures" else digits


STRONG = [
    pytest.param("digits", affine(rotation_deg=15, shift_px=2, scale=0.1, shear=0.2), id="affine"),
    pytest.param("digits", shift(shift_px=2), id="shift"),
    pytest.param("digits", rotate(rotation_deg=15), id="rotate"),
    pytest.param("digits", resize(scale=0.2), id="resize"),
    pytest.param("digits", shear(slant=0.3), id="shear"),
    pytest.param("digits", flip(share=1), id="flip"),
    pytest.param("digits", crop(share=0.3), id="crop"),
    pytest.param("digits", elastic(amount_px=1), id="elastic"),
    pytest.param("digits", stroke(amount=1), id="stroke"),
    pytest.param("digits", spoil(), id="spoil"),
    pytest.param("digits", chain(stroke(amount=1), rotate(rotation_deg=15)), id="chain"),
    pytest.param("pictures", brightness(amount=0.3), id="brightness"),
    pytest.param("pictures", contrast(amount=0.5), id="contrast"),
    pytest.param("pictures", saturation(amount=0.5), id="saturation"),
    pytest.param("pictures", hue(turn_deg=90), id="hue"),
    pytest.param("pictures", noise(amount=0.1), id="noise"),
    pytest.param("pictures", blur(sigma_px=3), id="blur"),
]

NONE = [
    *(affine(), shift(shift_px=0), rotate(rotation_deg=0), resize(scale=0), shear(slant=0), chain()),
    *(flip(share=0), crop(share=0), elastic(amount_px=0), stroke(amount=0), brightness(amount=0)),
    *(contrast(amount=0), saturation(amount=0), hue(turn_deg=0), noise(amount=0), blur(sigma_px=0)),
]


def test_leaves_images_bit_for_bit_when_nothing_may_change(pictures):
    for augment in NONE:
        assert np.array_equal(augment(pictures, random()), pictures)


@pytest.mark.parametrize(("batch", "augment"), STRONG, indirect=["batch"])
def test_changes_almost_every_image_and_keeps_shape_and_type(batch, augment):
    changed = augment(batch, random())

    assert changed.shape == batch.shape
    assert changed.dtype == np.uint8
    assert (changed != batch).reshape(len(batch), -1).any(axis=1).mean() > 0.9


@pytest.mark.parametrize(("batch", "augment"), STRONG, indirect=["batch"])
def test_the_same_generator_state_gives_the_same_images(batch, augment):
    first, again = (augment(batch, random()) for _ in range(2))

    assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("batch", "augment"), [case for case in STRONG if case.id != "flip"], indirect=["batch"]
)
def test_each_image_draws_its_own_change(batch, augment):
    copies = np.repeat(batch[:1], 50, axis=0)

    assert len({image.tobytes() for image in augment(copies, random())}) > 25


@pytest.mark.parametrize(("batch", "augment"), STRONG, indirect=["batch"])
def test_leaves_its_input_alone(batch, augment):
    images = batch.copy()

    augment(images, random())

    assert np.array_equal(images, batch)


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

    changed = affine(**limits)(image, Extreme())

    assert np.unravel_index(changed[0].argmax(), (28, 28)) == moved_to


def test_slants_ink_by_its_height():
    changed = affine(shear=0.5)(dot(20, 14), Extreme())

    assert np.unravel_index(changed[0].argmax(), (28, 28)) == (20, 17)


def test_goes_as_far_as_allowed_either_way_and_no_farther():
    dots = np.repeat(dot(14, 14), 2000, axis=0)

    shifted = affine(shift_px=2)(dots, random()).astype(float)

    ink = shifted.sum(axis=(1, 2))
    for axis in (1, 2):
        mass = shifted.sum(axis=3 - axis)
        moved = (mass * np.arange(28)).sum(axis=1) / ink - 14
        assert -2.05 < moved.min() < -1.9
        assert 1.9 < moved.max() < 2.05


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


def test_flips_left_to_right_as_many_as_it_is_asked_to(digits):
    images = np.repeat(digits[:1], 1000, axis=0)

    changed = flip(share=0.25)(images, random())

    mirrored = (changed == digits[0][:, ::-1]).all(axis=(1, 2))
    assert mirrored.mean() == pytest.approx(0.25, abs=0.05)
    assert np.array_equal(changed[~mirrored], images[~mirrored])


@pytest.mark.parametrize(
    ("highest", "ink", "seen_at"),
    [
        pytest.param(False, (6, 12), (6, 12), id="nothing-cut-away"),
        pytest.param(True, (20, 19), (12, 10), id="lower-right-quarter-cut-out"),
    ],
)
def test_a_crop_enlarges_what_it_cuts_out(highest, ink, seen_at):
    changed = crop(share=0.5)(dot(*ink), Extreme(highest=highest))

    assert np.unravel_index(changed[0].argmax(), (28, 28)) == seen_at


def test_elastic_moves_have_the_size_that_was_asked_for():
    ramp = np.tile(np.arange(28, dtype=np.uint8) * 9, (200, 28, 1))

    moved = (elastic(amount_px=1)(ramp, random()).astype(float) - ramp)[:, 8:20, 8:20] / 9

    assert moved.std() == pytest.approx(1, abs=0.1)
    assert np.abs(np.diff(moved, axis=2)).mean() < 0.3, "neighbors move together"


def test_what_is_spoiled_is_still_like_the_digit_it_was(digits):
    """Like: nearer to its own digit than to the 99 others, by correlation, seen from afar.

    From there an outline is a stroke again, and grains are gone.
    """
    spoiled = spoil()(digits, random())

    like = likeness(from_afar(spoiled), from_afar(digits))
    assert (like.argmax(axis=1) == np.arange(len(digits))).mean() > 0.8


def from_afar(images):
    return np.stack([cv2.GaussianBlur(image, (0, 0), 2) for image in images])


def likeness(images, others):
    """Correlation of each image with each other, whichever of ink and paper is lighter."""
    flat = [batch.reshape(len(batch), -1).astype(float) for batch in (images, others)]
    flat = [batch - batch.mean(axis=1, keepdims=True) for batch in flat]
    flat = [batch / np.linalg.norm(batch, axis=1, keepdims=True) for batch in flat]
    return np.abs(flat[0] @ flat[1].T)


def levels(*levels):
    """A picture of one row with these gray levels."""
    return np.repeat(np.array(levels, np.uint8)[np.newaxis, np.newaxis, :, np.newaxis], 3, axis=3)


def color(red, green, blue):
    return np.full((1, 4, 4, 3), (red, green, blue), np.uint8)


def test_brightness_adds_levels_and_stops_at_white_and_black():
    assert np.array_equal(brightness(amount=0.2)(levels(0, 100, 250), Extreme()), levels(51, 151, 255))
    assert np.array_equal(
        brightness(amount=0.2)(levels(0, 100, 250), Extreme(highest=False)), levels(0, 49, 199)
    )


def test_contrast_stretches_levels_about_their_mean():
    assert np.array_equal(contrast(amount=0.5)(levels(80, 100, 120), Extreme()), levels(70, 100, 130))
    assert np.array_equal(
        contrast(amount=1)(levels(80, 100, 120), Extreme(highest=False)), levels(100, 100, 100)
    )


def test_saturation_draws_colors_to_gray_of_the_same_luma():
    grayed = saturation(amount=1)(color(200, 100, 50), Extreme(highest=False))

    assert np.array_equal(grayed, color(124, 124, 124))
    assert saturation(amount=0.5)(color(140, 120, 100), Extreme())[0, 0, 0].tolist() == [148, 118, 88]


def test_hue_turns_red_to_green_and_leaves_gray():
    assert np.array_equal(hue(turn_deg=120)(color(200, 0, 0), Extreme()), color(0, 200, 0))
    assert np.array_equal(hue(turn_deg=120)(color(200, 0, 0), Extreme(highest=False)), color(0, 0, 200))
    assert np.array_equal(hue(turn_deg=120)(color(90, 90, 90), Extreme()), color(90, 90, 90))


def test_noise_is_as_strong_as_was_asked_at_most():
    gray = np.full((300, 20, 20, 3), 128, np.uint8)

    strengths = noise(amount=0.1)(gray, random()).astype(float).reshape(300, -1).std(axis=1)

    assert 0 <= strengths.min() < 1.5
    assert 24 < strengths.max() < 27


def test_blur_spreads_a_point_and_keeps_its_light():
    point = np.zeros((1, 21, 21, 3), np.uint8)
    point[0, 10, 10] = 255

    blurred = blur(sigma_px=1.5)(point, Extreme())[0, :, :, 0].astype(float)

    assert blurred.max() == blurred[10, 10] < 30
    assert blurred.sum() == pytest.approx(255, rel=0.1)
