"""What is kept of an uploaded picture: nothing that it says beside itself, and all that imaging needs."""

import io

import numpy as np
import pytest
from papers import grain, on_paper
from pictures import draw_seven, encode
from PIL import Image

from digits.corrections.picture import clean
from digits.errors import ImageTooLargeError, UnreadableImageError
from digits.imaging import read_digit

PIXELS = 10**7


def with_gps(image):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return encode(image, "JPEG", exif=exif)


UPLOADS = [
    pytest.param(encode(draw_seven()), id="canvas"),
    pytest.param(encode(draw_seven((28, 28), width=3)), id="small"),
    pytest.param(encode(draw_seven((1500, 1100), width=60)), id="large"),
    pytest.param(with_gps(draw_seven((1500, 1100), width=60)), id="turned-photo"),
    pytest.param(encode(draw_seven(paper=(0, 0, 0, 0), mode="RGBA")), id="transparent"),
    pytest.param(
        encode(grain(on_paper(255 - np.asarray(draw_seven((28, 28), mode="L", width=3))), sigma=4)),
        id="on-paper",
    ),
]


@pytest.mark.parametrize("upload", UPLOADS)
def test_the_digit_image_of_what_is_kept_is_that_of_the_upload(upload):
    kept = clean(upload, max_pixels=PIXELS)

    ours, theirs = (read_digit(each, max_pixels=PIXELS).image for each in (kept, upload))
    assert np.array_equal(ours, theirs)


@pytest.mark.parametrize("upload", UPLOADS)
def test_what_is_kept_is_small_gray_and_says_nothing_beside_itself(upload):
    kept = Image.open(io.BytesIO(clean(upload, max_pixels=PIXELS)))

    assert (kept.format, kept.mode, kept.info) == ("PNG", "L", {})
    assert max(kept.size) < 320
    assert not kept.getexif()


def test_where_a_picture_was_taken_is_not_kept():
    upload = with_gps(draw_seven())
    assert Image.open(io.BytesIO(upload)).getexif().get_ifd(0x8825)

    kept = clean(upload, max_pixels=PIXELS)

    assert b"Secret Camera" in upload
    assert b"Secret Camera" not in kept
    assert b"Exif" not in kept


def test_refuses_what_is_no_picture_or_too_large():
    with pytest.raises(UnreadableImageError):
        clean(b"%PDF-1.7", max_pixels=PIXELS)
    with pytest.raises(ImageTooLargeError):
        clean(encode(draw_seven()), max_pixels=1000)
