"""Bodies that strangers wrote: read right, or refused, within bounds."""

import contextlib
import gzip
import json
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from digits.errors import DigitsError
from service.errors import BodyTooLargeError, ProtocolError
from service.protocols import documents, pixels
from service.protocols.compression import inflate

IMAGES = arrays(np.uint8, st.tuples(st.integers(1, 3), st.just(28), st.just(28)))


@given(IMAGES)
def test_images_come_through_lists_and_bytes_unchanged(images):
    count = len(images)

    np.testing.assert_array_equal(pixels.from_rows(images.tolist()), images)
    np.testing.assert_array_equal(pixels.from_rows(images.astype(float).tolist()), images)
    np.testing.assert_array_equal(pixels.from_any_nesting(images.tolist(), count), images)
    np.testing.assert_array_equal(pixels.from_any_nesting(images.ravel().tolist(), count), images)
    np.testing.assert_array_equal(pixels.from_bytes(memoryview(images.tobytes()), count), images)


ROW = [0] * 28


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="none"),
        pytest.param([[ROW] * 27], id="too-few-rows"),
        pytest.param([[ROW] * 27 + [ROW[:27]]], id="ragged"),
        pytest.param([[ROW] * 27 + ["x" * 28]], id="text-for-a-row"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], 0.5]]], id="fraction"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], 256]]], id="too-much-ink"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], -1]]], id="negative"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], "7"]]], id="text-for-a-number"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], float("nan")]]], id="nan"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], float("inf")]]], id="infinity"),
        pytest.param([[ROW] * 27 + [[*ROW[:27], 256.0]]], id="too-much-ink-as-a-float"),
        pytest.param([[[ROW] * 28]], id="too-deep"),
    ],
)
def test_refuses_what_are_no_images(rows):
    with pytest.raises(ProtocolError):
        pixels.from_rows(rows)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="cut"),
        pytest.param(b'"\xff"', id="no-utf-8"),
        pytest.param(b"[" * 100_000, id="deep"),
        pytest.param(b"1" * 5000, id="long-number"),
        pytest.param(b"[" + b"0," * (documents.MAX_COMMAS + 1) + b"0]", id="long-list"),
        pytest.param(b"[" + b"[[]]," * (documents.MAX_OPENINGS // 2) + b"0]", id="many-lists"),
        pytest.param(b"[" + b"{}," * (documents.MAX_OPENINGS) + b"0]", id="many-objects"),
        pytest.param(b'{"a":' + b'0,"b":' * documents.MAX_OPENINGS + b"0}", id="many-members"),
    ],
)
def test_refuses_what_is_no_json_or_too_much(document):
    with pytest.raises(ProtocolError, match="JSON Parse error"):
        documents.parse(document)


def test_reads_as_many_digit_images_as_it_says_it_does():
    images = [[[255] * 28] * 28] * 1337

    assert documents.parse(json.dumps({"instances": images}).encode()) == {"instances": images}


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        (" GZIP ", gzip.compress),
        ("identity", bytes),
        ("", bytes),
    ],
)
@given(body=st.binary(max_size=1000))
def test_inflates_what_was_compressed(encoding, compress, body):
    assert inflate(compress(body), encoding, limit_bytes=1000) == body


def test_a_bomb_is_refused_before_it_is_whole():
    bomb = gzip.compress(bytes(50_000_000))

    with pytest.raises(BodyTooLargeError):
        inflate(bomb, "gzip", limit_bytes=1000)


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        pytest.param(b"plain", "gzip", id="not-compressed"),
        pytest.param(gzip.compress(b"whole")[:-4], "gzip", id="cut"),
        pytest.param(gzip.compress(b"one") + b"more", "gzip", id="more-behind-it"),
        pytest.param(b"plain", "br", id="unknown"),
    ],
)
def test_refuses_what_is_not_so_encoded(body, encoding):
    with pytest.raises(ProtocolError):
        inflate(body, encoding, limit_bytes=1000)


@given(body=st.binary(max_size=200), encoding=st.text(max_size=8) | st.sampled_from(["gzip", "deflate"]))
def test_any_body_is_inflated_or_refused(body, encoding):
    with contextlib.suppress(DigitsError):
        assert len(inflate(body, encoding, limit_bytes=1000)) <= 1000
