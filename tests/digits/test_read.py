"""From a picture's bytes to a digit image, end to end."""

import cv2
import numpy as np
import pytest
from papers import grain, on_paper, shade
from pictures import draw_seven, encode
from PIL import Image, ImageFilter, ImageOps

from digits.contract import SIDE
from digits.errors import BlankImageError
from digits.imaging import read_digit
from digits.imaging.area import Area

LIMIT = 50_000_000


def read(picture):
    return read_digit(encode(picture), max_pixels=LIMIT).image


@pytest.mark.parametrize("inverted", [False, True], ids=["as-mnist", "dark-on-light"])
def test_returns_mnists_own_images_unchanged(mnist_test, inverted):
    image = mnist_test[0][0]

    np.testing.assert_array_equal(read(255 - image if inverted else image), image)


@pytest.mark.parametrize(
    "drawing",
    [
        pytest.param(draw_seven(), id="canvas"),
        pytest.param(draw_seven(paper="black", ink="white"), id="light-on-dark"),
        pytest.param(draw_seven((120, 100), width=8), id="small"),
        pytest.param(draw_seven((3000, 2600), width=200), id="large"),
        pytest.param(draw_seven(paper=(0, 0, 0, 0), mode="RGBA"), id="black-on-transparent"),
        pytest.param(
            draw_seven(paper=(0, 0, 0, 0), ink=(255, 255, 255, 255), mode="RGBA"), id="white-on-transparent"
        ),
        pytest.param(draw_seven(paper=(210, 200, 120), ink=(40, 60, 150)), id="blue-on-yellow"),
        pytest.param(draw_seven(width=2), id="thin-line"),
        pytest.param(draw_seven(paper=(120, 120, 120), ink=(70, 70, 70)), id="low-contrast"),
    ],
)
def test_reads_the_same_seven_whatever_it_is_drawn_on(drawing):
    expected = read(draw_seven()).astype(float)

    image = read(drawing)

    assert image.shape == (SIDE, SIDE)
    assert image.dtype == np.uint8
    assert likeness(image, expected) > 0.8


def photo_of(digit):
    return grain(shade(on_paper(digit), levels=60), sigma=4)


def likeness(first, second):
    return np.corrcoef(first.ravel(), second.ravel())[0, 1]


@pytest.mark.parametrize("index", range(10))
def test_a_photo_of_a_digit_becomes_nearly_that_digit(mnist_test, index):
    truth = mnist_test[0][index]

    image = read(photo_of(truth))

    places = [np.roll(image, (down, right), (0, 1)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    assert max(likeness(moved, truth) for moved in places) > 0.9, "at its place, or a pixel beside it"


def test_most_photos_of_digits_are_placed_to_the_pixel(mnist_test):
    digits = mnist_test[0][:100]

    assert np.mean([likeness(read(photo_of(truth)), truth) for truth in digits]) > 0.9


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(Image.new("RGB", (300, 200), "white"), id="white"),
        pytest.param(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), id="transparent"),
        pytest.param(Image.new("L", (1, 1)), id="one-pixel"),
        pytest.param(grain(np.full((300, 300), 200.0), sigma=3), id="paper-grain"),
    ],
)
def test_refuses_blank_pictures(picture):
    with pytest.raises(BlankImageError):
        read(picture)


def seen(drawing, area):
    """What of a drawing an area shows, ink bright, in the pixels of a digit image."""
    corners = (area.left, area.top, area.left + area.width, area.top + area.height)
    ink = ImageOps.invert(drawing.convert("L")).filter(ImageFilter.GaussianBlur(area.width / SIDE / 2))
    return np.asarray(ink.transform((SIDE, SIDE), Image.Transform.EXTENT, corners, Image.Resampling.BILINEAR))


@pytest.mark.parametrize(
    ("drawing", "form"),
    [
        pytest.param(draw_seven(), {}, id="canvas"),
        pytest.param(draw_seven((120, 100), width=8), {}, id="small"),
        pytest.param(draw_seven((1900, 2600), width=120), {}, id="high"),
        pytest.param(draw_seven((3000, 2600), width=200), {"format": "JPEG"}, id="large-jpeg"),
        pytest.param(draw_seven(width=2), {}, id="thickened"),
        pytest.param(ImageOps.expand(draw_seven(), (400, 30, 20, 500), "white"), {}, id="in-a-corner"),
    ],
)
def test_says_where_on_the_picture_the_digit_image_lies(drawing, form):
    found = read_digit(encode(drawing, **form), max_pixels=LIMIT)

    shown = cv2.GaussianBlur(seen(drawing, found.area), (5, 5), 0).astype(float)
    image = cv2.GaussianBlur(found.image, (5, 5), 0).astype(float)
    assert likeness(shown, image) > 0.95
    assert likeness(np.roll(shown, 1, axis=0), image) < likeness(shown, image)
    assert likeness(np.roll(shown, -1, axis=1), image) < likeness(shown, image)


def test_says_where_it_lies_on_a_picture_that_exif_turns():
    upright = ImageOps.expand(draw_seven(), (0, 0, 100, 300), "white")
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it clockwise

    found = read_digit(encode(upright.transpose(Image.Transpose.ROTATE_90), exif=exif), max_pixels=LIMIT)

    assert found.area == read_digit(encode(upright), max_pixels=LIMIT).area


def test_a_digit_image_lies_on_all_of_its_picture(mnist_test):
    found = read_digit(encode(mnist_test[0][0]), max_pixels=LIMIT)

    assert found.area == Area(0, 0, SIDE, SIDE)
