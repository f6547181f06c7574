"""Numbers in lists, and bytes, as digit images."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np

from digits.contract import SIDE, DigitImages
from service.errors import ProtocolError

IMAGE_BYTES: Final = SIDE * SIDE


def from_rows(rows: object) -> DigitImages:
    """Images as lists of lists of lists: n of SIDE rows of SIDE numbers.

    Raises:
        ProtocolError: There are none, one has another shape, or a pixel is no whole number from 0 to 255.
    """
    if not isinstance(rows, list) or not rows:
        raise ProtocolError("There are no images.")
    return _from_pixels(_flatten(rows, (SIDE, SIDE)))


def from_any_nesting(data: list[Any], count: int) -> DigitImages:
    """Images as one flat list, row by row, or nested as their shape says.

    Raises:
        ProtocolError: See `from_rows`; or they are not as many as they should be.
    """
    nested = bool(data) and isinstance(data[0], list)
    pixels = _flatten(data, (SIDE, SIDE)) if nested else data
    if len(pixels) != count * IMAGE_BYTES:
        raise ProtocolError(
            f"The data has {len(pixels):,} numbers; the shape [{count}, {SIDE}, {SIDE}] "
            f"needs {count * IMAGE_BYTES:,}."
        )
    return _from_pixels(pixels)


def from_bytes(data: memoryview, count: int) -> DigitImages:
    """Images as bytes, row by row.

    Raises:
        ProtocolError: They are not as many as they should be.
    """
    if len(data) != count * IMAGE_BYTES:
        raise ProtocolError(
            f"The tensor has {len(data):,} bytes; the shape [{count}, {SIDE}, {SIDE}] "
            f"needs {count * IMAGE_BYTES:,}."
        )
    return np.frombuffer(data, np.uint8).reshape(-1, SIDE, SIDE)


def _flatten(level: list[Any], lengths: Sequence[int]) -> list[Any]:
    for length in lengths:
        if not all(type(each) is list and len(each) == length for each in level):
            raise ProtocolError(f"An image is {SIDE} lists of {SIDE} numbers each.")
        level = list(chain.from_iterable(level))
    return level


def _from_pixels(pixels: list[Any]) -> DigitImages:
    try:
        try:
            flat = bytes(pixels)
        except TypeError:  # some clients write every number as a float
            flat = bytes(int(each) if type(each) is float and each.is_integer() else each for each in pixels)
        return np.frombuffer(flat, np.uint8).reshape(-1, SIDE, SIDE)
    except (TypeError, ValueError):
        raise ProtocolError("A pixel is a whole number from 0 (paper) to 255 (ink).") from None
