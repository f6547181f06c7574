"""The fifteen corruptions do what MNIST-C's paper says they do, the same on every run."""

import numpy as np
import pytest

from training.corruptions import CORRUPTIONS, corrupt

BLANK = np.zeros((40, 28, 28), np.uint8)


@pytest.fixture(scope="module")
def digits(mnist_test):
    """300 test images, more than a chunk, not writable, as those read from a file are."""
    images = mnist_test[0][:300].copy()
    images.flags.writeable = False
    return images


@pytest.fixture(scope="module")
def corrupted(digits):
    return {name: corrupt(name, digits) for name in CORRUPTIONS}


def dot(row, column, *, n=40):
    images = np.zeros((n, 28, 28), np.uint8)
    images[:, row, column] = 255
    return images


def ink_at(image):
    """Row and column of the ink's center of mass."""
    mass = image.astype(float)
    return [(mass.sum(axis=1 - axis) * np.arange(28)).sum() / mass.sum() for axis in (0, 1)]


def test_there_are_the_papers_fifteen():
    assert " ".join(CORRUPTIONS) == (
        "shot_noise impulse_noise glass_blur motion_blur shear scale rotate brightness translate "
        "stripe fog spatter dotted_line zigzag canny_edges"
    )


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_changes_almost_every_image_and_keeps_shape_and_type(digits, corrupted, name):
    assert corrupted[name].shape == digits.shape
    assert corrupted[name].dtype == np.uint8
    assert (corrupted[name] != digits).any(axis=(1, 2)).mean() > 0.95


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_equal_seeds_give_equal_images(digits, corrupted, name):
    assert np.array_equal(corrupt(name, digits), corrupted[name])


@pytest.mark.parametrize(
    "name", sorted(CORRUPTIONS.keys() - {"scale", "brightness", "stripe", "canny_edges"})
)
def test_another_seed_gives_other_images(digits, corrupted, name):
    assert not np.array_equal(corrupt(name, digits, seed=1), corrupted[name])


def test_shot_noise_counts_three_photons_in_solid_ink():
    ink = np.full((100, 28, 28), 255, np.uint8)

    noisy = corrupt("shot_noise", ink)

    assert set(np.unique(noisy)) == {0, 85, 170, 255}
    assert (noisy == 0).mean() == pytest.approx(np.exp(-3), abs=0.003)
    assert not corrupt("shot_noise", BLANK).any()


def test_impulse_noise_sticks_17_percent_of_the_pixels():
    gray = np.full((100, 28, 28), 100, np.uint8)

    noisy = corrupt("impulse_noise", gray)

    assert (noisy == 0).mean() == pytest.approx(0.085, abs=0.005)
    assert (noisy == 255).mean() == pytest.approx(0.085, abs=0.005)


def test_glass_blur_scatters_ink_near_where_it_was():
    blurred = corrupt("glass_blur", dot(14, 14))

    assert len({image.tobytes() for image in blurred}) > 10
    assert np.mean([ink_at(image) for image in blurred]) == pytest.approx(14, abs=1)
    assert blurred.max() < 200
    rows, columns = np.nonzero(blurred.sum(axis=0) > 40 * 5)
    assert np.abs([rows - 14, columns - 14]).max() <= 3


def test_motion_blur_draws_a_dot_out_to_one_side():
    blurred = corrupt("motion_blur", dot(14, 14))

    for image in blurred:
        rows, columns = np.nonzero(image)
        assert columns.max() == 14
        assert 5 <= columns.min() <= 10
        assert np.abs(rows - 14).max() <= 14 - columns.min() + 1, "at most 45 degrees from level"
        assert image[14, 14] > image[14, :14].max()


@pytest.mark.parametrize(
    ("name", "places"),
    [
        pytest.param("shear", {(20.0, 11.3), (20.0, 16.7)}, id="shear"),
        pytest.param("rotate", {(19.7, 11.4), (19.3, 16.5)}, id="rotate"),
        pytest.param("scale", {(18.0, 14.0)}, id="scale"),
        pytest.param("translate", {(23, 17), (23, 11), (17, 17), (17, 11)}, id="translate"),
    ],
)
def test_moves_ink_either_way_by_the_papers_amount(name, places):
    moved = corrupt(name, dot(20, 14))

    assert {tuple(round(float(place), 1) for place in ink_at(image)) for image in moved} == places


def test_brightness_adds_half_of_the_range():
    image = dot(3, 3)
    image[:, 5, 5] = 50

    assert np.unique(corrupt("brightness", image)).tolist() == [128, 178, 255]


def test_stripes_invert_the_outer_quarters(digits, corrupted):
    assert np.array_equal(corrupted["stripe"][:, :, :7], 255 - digits[:, :, :7])
    assert np.array_equal(corrupted["stripe"][:, :, 7:21], digits[:, :, 7:21])
    assert np.array_equal(corrupted["stripe"][:, :, 21:], 255 - digits[:, :, 21:])


def test_fog_leaves_the_digit_a_quarter_of_its_contrast(digits, corrupted):
    fog = corrupted["fog"].astype(float)

    assert fog[digits > 250].mean() - fog[digits == 0].mean() == pytest.approx(64, abs=8)
    assert fog[digits == 0].mean() > 60


def test_mud_is_dark_gray_and_hides_what_it_covers():
    ink = np.full((40, 28, 28), 255, np.uint8)

    muddy = corrupt("spatter", ink)

    assert 63 <= muddy.min() < 80
    assert 0.1 < (muddy < 255).mean() < 0.5


def test_a_dotted_line_has_dots_of_two_columns():
    drawn = corrupt("dotted_line", BLANK)

    inked = drawn.max(axis=1) > 100
    expected = ((np.arange(28) // 2) % 2 == 1) & (np.arange(28) < 27)
    assert (inked == expected).all()


def test_a_zigzag_goes_from_left_to_right_with_teeth():
    drawn = corrupt("zigzag", BLANK)

    for image in drawn:
        inked = image.max(axis=0) > 0
        assert not inked[:1].any()
        assert not inked[26:].any()
        assert inked[3:24].mean() > 0.9 or ink_at(image)[0] > 24, "a zigzag at the lower edge is cut"


def test_canny_edges_outline_a_stroke():
    bar = np.zeros((1, 28, 28), np.uint8)
    bar[0, 4:24, 11:17] = 255

    edges = corrupt("canny_edges", bar)[0]

    assert set(np.unique(edges)) == {0, 255}
    assert np.flatnonzero(edges[14]).size == 2
    assert not edges[14, 12:16].any()
