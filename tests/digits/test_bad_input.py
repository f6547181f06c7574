"""Whatever bytes come, imaging gives digits or a typed error, soon and without filling the memory."""

import io
import itertools
import struct
import tracemalloc
import warnings
import zlib

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from seeds import drawing, seeds

from digits.errors import ImageError
from digits.imaging import read_digit, read_page

SEEDS = dict(seeds())
LIMIT = 1_000_000


def outcomes(data):
    """What comes of it both ways: a type of answer, or of error."""
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's doubts, which a service only logs
        for way in (read_digit, read_page):
            try:
                found.append(type(way(data, max_pixels=LIMIT)))
            except ImageError as error:
                found.append(type(error))
    return found


def encoded(image, format_="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("name", SEEDS)
def test_reads_every_kind_of_picture(name):
    assert not any(issubclass(each, ImageError) for each in outcomes(SEEDS[name]))


@pytest.mark.parametrize("size", [(1, 1), (1, 10_000), (10_000, 1), (2, 3), (3, 5000)], ids=str)
@pytest.mark.parametrize("mode", ["1", "L", "RGBA", "I;16"])
def test_takes_extreme_shapes(mode, size):
    noise = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4), np.uint8)
    if mode == "I;16":
        image = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    else:
        image = Image.fromarray(noise).convert(mode)

    assert outcomes(encoded(image))


def png(*chunks):
    framed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def header(width, height, depth=8, color=0):
    return (b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))


PIXELS = (b"IDAT", zlib.compress(bytes(25) * 24))
END = (b"IEND", b"")


def endless_tiff():
    """A directory whose next directory is itself."""
    whole = bytearray(encoded(drawing("L"), "TIFF"))
    first = struct.unpack_from("<I", whole, 4)[0]
    entries = struct.unpack_from("<H", whole, first)[0]
    struct.pack_into("<I", whole, first + 2 + 12 * entries, first)
    return bytes(whole)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            png(header(24, 24), (b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8))), PIXELS, END),
            id="text-bomb",
        ),
        pytest.param(
            png(header(24, 24), (b"iCCP", b"a\0\0" + zlib.compress(bytes(10**8))), PIXELS, END),
            id="profile-bomb",
        ),
        pytest.param(
            png(header(24, 24), (b"IDAT", zlib.compress(bytes(10**8))), END), id="more-pixels-than-told"
        ),
        pytest.param(png(header(900, 900), PIXELS, END), id="fewer-pixels-than-told"),
        pytest.param(png(header(0, 0), PIXELS, END), id="no-pixels"),
        pytest.param(png(header(24, 24, 8, 3), PIXELS, END), id="palette-without-palette"),
        pytest.param(png(header(24, 24), *[(b"tEXt", b"a\0b")] * 2_000, PIXELS, END), id="2000-texts"),
        pytest.param(png(header(2**31 - 1, 2**31 - 1), PIXELS, END), id="four-quintillion-pixels"),
        pytest.param(encoded(drawing("RGB"), "JPEG", exif=b"Exif\0\0" + bytes(60_000)), id="empty-exif"),
        pytest.param(encoded(drawing("RGB"), "JPEG", comment=b"\xff" * 60_000), id="long-comment"),
        pytest.param(
            encoded(
                drawing("L"),
                "GIF",
                save_all=True,
                append_images=[drawing("L").rotate(i) for i in range(1, 300)],
            ),
            id="300-frames",
        ),
        pytest.param(endless_tiff(), id="endless-directories"),
        pytest.param(b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + bytes(20), id="gif-of-60000-squared"),
        pytest.param(
            b"BM"
            + struct.pack("<IHHI", 54, 0, 0, 54)
            + struct.pack("<IiiHHIIiiII", 40, 24, -(2**31), 1, 24, 0, 0, 0, 0, 0, 0),
            id="bmp-of-negative-height",
        ),
        pytest.param(b"RIFF\xff\xff\xff\xffWEBPVP8X" + bytes(40), id="webp-without-end"),
    ],
)
def test_bounds_what_a_hostile_file_costs(data):
    tracemalloc.start()
    try:
        assert outcomes(data)
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", SEEDS)
def test_a_picture_cut_anywhere_is_read_or_refused(name):
    whole = SEEDS[name]

    for length in range(0, len(whole), max(1, len(whole) // 40)):
        assert outcomes(whole[:length])


@given(data=st.data())
@settings(
    max_examples=120, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
def test_survives_what_hypothesis_makes_of_a_picture(data):
    """Bytes overwritten, pieces cut out, doubled and taken from another picture."""
    name = data.draw(st.sampled_from(sorted(SEEDS)))
    broken = bytearray(SEEDS[name])
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, max(0, len(broken) - 1)))
        length = data.draw(st.integers(0, 32))
        other = SEEDS[data.draw(st.sampled_from(sorted(SEEDS)))]
        replacement = data.draw(
            st.one_of(
                st.binary(max_size=16),
                st.just(other[start : start + length]),
                st.sampled_from([b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", b"\0\0\0\x01"]),
            )
        )
        broken[start : start + length] = replacement

    assert outcomes(bytes(broken))


@given(st.binary(max_size=400))
@settings(max_examples=100, derandomize=True, deadline=None, database=None)
def test_survives_any_bytes_behind_any_signature(tail):
    signatures = {data[:12] for data in SEEDS.values()}

    assert all(outcomes(signature + tail) for signature in itertools.islice(sorted(signatures), 12))
