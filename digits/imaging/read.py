"""The way from a picture to a digit image, as one readable page."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImage
from digits.errors import BlankImageError
from digits.imaging.decode import decode
from digits.imaging.frame import frame
from digits.imaging.ink import extract_ink, measure_darkness, to_dark_on_light
from digits.imaging.rulings import remove_rulings
from digits.imaging.segment import keep_digit
from digits.imaging.stroke import thicken

WORK_SIDE: Final = 160
"""Longer side, in pixels, at which ink is sought. A digit is at least a third of it, twice what a digit
image holds; real pictures are read no better at 320."""


def read_digit(picture: bytes, *, max_pixels: int) -> DigitImage:
    """Turn an encoded picture of one digit into a digit image.

    Args:
        picture: A whole file, in one of `digits.imaging.decode.FORMATS`.
        max_pixels: Pictures with more are refused before they are decoded.

    Raises:
        UnreadableImageError: It is no picture, or it is broken.
        ImageTooLargeError: It has more than `max_pixels`.
        BlankImageError: Nothing is drawn on it.
    """
    return to_digit_image(decode(picture, max_pixels=max_pixels, side=WORK_SIDE).gray)


def to_digit_image(gray: NDArray[np.uint8]) -> DigitImage:
    """Turn a gray picture of one digit, 0 = black, into a digit image."""
    dark = to_dark_on_light(_shrink(gray))
    if _is_framed(255 - dark):
        return 255 - dark
    return to_framed(keep_digit(_to_ink(dark)))


def to_framed(ink: NDArray[np.uint8]) -> DigitImage:
    """Turn the ink of one digit, 255 = ink, into a digit image."""
    return frame(thicken(ink))


def _to_ink(dark: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return extract_ink(remove_rulings(measure_darkness(dark)))


def _shrink(gray: NDArray[np.uint8]) -> NDArray[np.uint8]:
    scale = WORK_SIDE / max(gray.shape)
    if scale >= 1:
        return gray
    size = (max(1, round(gray.shape[1] * scale)), max(1, round(gray.shape[0] * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_framed(ink: NDArray[np.uint8]) -> bool:
    """Whether a picture is a digit image already, as MNIST's own are: then nothing may change it."""
    if ink.shape != (SIDE, SIDE):
        return False
    try:
        return np.array_equal(frame(ink), ink)
    except BlankImageError:
        return False
