"""The ways from a picture to digit images, as one readable page."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImage
from digits.errors import BlankImageError
from digits.imaging.area import Area
from digits.imaging.cut import cut
from digits.imaging.decode import Picture, decode
from digits.imaging.form import remove_form
from digits.imaging.frame import frame, frame_with_area
from digits.imaging.ink import ONE_DIGIT_WINDOW, extract_ink, measure_darkness, to_dark_on_light
from digits.imaging.layout import find_lines
from digits.imaging.pieces import Line
from digits.imaging.rulings import remove_rulings
from digits.imaging.scale import shrink
from digits.imaging.segment import Company, keep_digit
from digits.imaging.sheet import clear_surroundings
from digits.imaging.stroke import thicken

WORK_SIDE: Final = 160
"""Longer side, in pixels, at which ink is sought. A digit is at least a third of it, twice what a digit
image holds; real pictures are read no better at 320."""

PAGE_SIDE: Final = 1024
"""The same for a picture of many digits: one that is a thirtieth of the page still has 34 pixels."""

_PAGE_POLARITY_SIDE: Final = 128
"""Longer side, in pixels, at which a page's polarity is judged: its strokes are thinner."""

_PAGE_WINDOW: Final = 0.15
"""Share of a page's shorter side over which its paper is estimated: strokes are thinner there, …"""

_PAGE_MIN_SIDE: Final = 100
"""… unless it has so few pixels that the digits fill it."""

_MAX_CUTS: Final = 12
"""Cuts through one symbol …"""

_MAX_CUTS_OF_ALL: Final = 512
"""… and through all of a page: they bound what a page can cost."""


@dataclass(frozen=True, slots=True)
class FoundDigit:
    """The digit on a picture.

    Attributes:
        company: Whether it is one of several, as far as their places tell.
        area: What of the picture the image shows, in pixels of the picture, upright.
    """

    image: DigitImage
    company: Company
    area: Area


@dataclass(frozen=True, slots=True)
class Page:
    """What may be digits on a picture.

    Attributes:
        lines: From the top; boxes in pixels of the picture that was worked on.
        across: How many times as wide the whole picture is, upright.
        down: How many times as high.
    """

    lines: tuple[Line, ...]
    across: float = 1.0
    down: float = 1.0


def read_digit(picture: bytes, *, max_pixels: int) -> FoundDigit:
    """Find the digit on an encoded picture of one.

    Args:
        picture: A whole file, in one of `digits.imaging.decode.FORMATS`.
        max_pixels: Pictures with more are refused before they are decoded.

    Raises:
        UnreadableImageError: It is no picture, or it is broken.
        ImageTooLargeError: It has more than `max_pixels`.
        BlankImageError: Nothing is drawn on it.
    """
    return find_digit(decode(picture, max_pixels=max_pixels, side=WORK_SIDE))


def read_page(picture: bytes, *, max_pixels: int) -> Page:
    """Find what may be digits on an encoded picture of any number of them.

    Args:
        picture: See `read_digit`.
        max_pixels: See `read_digit`.

    Raises:
        UnreadableImageError: It is no picture, or it is broken.
        ImageTooLargeError: It has more than `max_pixels`.
        BlankImageError: Nothing is drawn on it.
        TooManySymbolsError: It is full of things.
    """
    whole = decode(picture, max_pixels=max_pixels, side=PAGE_SIDE)
    small = shrink(whole.gray, PAGE_SIDE)
    return Page(to_lines(small), whole.width / small.shape[1], whole.height / small.shape[0])


def find_digit(picture: Picture) -> FoundDigit:
    """Find the digit on a decoded picture of one."""
    dark = to_dark_on_light(clear_surroundings(shrink(picture.gray, WORK_SIDE)))
    if _is_framed(255 - dark):
        return FoundDigit(255 - dark, Company.NONE, Area(0, 0, picture.width, picture.height))
    kept = keep_digit(_to_ink(dark, ONE_DIGIT_WINDOW))
    thick = thicken(kept.ink)
    framed = frame_with_area(thick)
    margin = (len(thick) - len(kept.ink)) / 2
    area = framed.area.moved(kept.left - margin, kept.top - margin)
    across, down = picture.width / dark.shape[1], picture.height / dark.shape[0]
    return FoundDigit(framed.image, kept.company, area.scaled(across, down))


def to_digit_image(gray: NDArray[np.uint8]) -> DigitImage:
    """Turn a gray picture of one digit, 0 = black, into a digit image."""
    height, width = gray.shape
    return find_digit(Picture(gray, width, height)).image


def to_lines(gray: NDArray[np.uint8]) -> tuple[Line, ...]:
    """Find what may be digits on a gray picture, 0 = black, line by line."""
    window = _PAGE_WINDOW if min(gray.shape) >= _PAGE_MIN_SIDE else ONE_DIGIT_WINDOW
    darkness = measure_darkness(to_dark_on_light(clear_surroundings(gray), _PAGE_POLARITY_SIDE), window)
    lines = find_lines(extract_ink(remove_rulings(remove_form(darkness))))
    symbols = sum(len(line.pieces) for line in lines)
    max_cuts = min(_MAX_CUTS, _MAX_CUTS_OF_ALL // max(1, symbols))
    return tuple(cut(line, max_cuts=max_cuts) for line in lines)


def to_framed(ink: NDArray[np.uint8]) -> DigitImage:
    """Turn the ink of one digit, 255 = ink, into a digit image."""
    return frame(thicken(ink))


def _to_ink(dark: NDArray[np.uint8], window: float) -> NDArray[np.uint8]:
    return extract_ink(remove_rulings(measure_darkness(dark, window)))


def _is_framed(ink: NDArray[np.uint8]) -> bool:
    """Whether a picture is a digit image already, as MNIST's own are: then nothing may change it."""
    if ink.shape != (SIDE, SIDE):
        return False
    try:
        return np.array_equal(frame(ink), ink)
    except BlankImageError:
        return False
