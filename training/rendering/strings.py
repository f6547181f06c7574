"""Digits side by side, cut right and cut wrong, as whoever reads a number meets them."""

from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import DigitImage, DigitImages
from digits.imaging import to_framed

_SCALE: Final = 2
"""Strings are drawn at twice MNIST's size: about what a page gives a digit."""


def whole_digit_with_rest(images: DigitImages, random: Generator) -> DigitImage | None:
    """The first of two neighbors, cut near where they touch: still that digit."""
    string, edges = _side_by_side(images[:2], random)
    slack = 0.08 * string.shape[0]
    cut = round(
        np.clip(edges[0][1] + random.normal(0, 0.5 * slack), edges[0][1] - slack, edges[0][1] + slack)
    )
    start = max(0, round(edges[0][0] - abs(random.normal(0, 0.5 * slack))))
    return _framed(string[:, start:cut])


def no_single_digit(images: DigitImages, random: Generator) -> DigitImage | None:
    """Two or three digits at once, a part of one, or the end of one with the beginning of the next."""
    count = 3 if random.random() < 0.25 else 2
    string, edges = _side_by_side(images[:count], random)
    (left, right), (next_left, next_right) = edges[0], edges[1]
    kind = random.random()
    if kind < 0.5:
        return _framed(string)
    if kind < 0.75:  # the end of one and the beginning of the next
        start = left + random.uniform(0.4, 0.75) * (right - left)
        end = next_left + random.uniform(0.3, 0.6) * (next_right - next_left)
        return _framed(string[:, round(start) : round(end)])
    # all of one and half of the next
    start, end = (left, next_left + random.uniform(0.35, 0.75) * (next_right - next_left))
    if random.random() < 0.5:
        start, end = left + random.uniform(0.3, 0.65) * (right - left), next_right
    return _framed(string[:, round(start) : round(end)])


def _side_by_side(
    images: DigitImages, random: Generator
) -> tuple[NDArray[np.uint8], list[tuple[float, float]]]:
    """A string of digits on one line, its ink, and each digit's first column and the one after its last."""
    inks = [_resized(image, random) for image in images]
    height = max(ink.shape[0] for ink in inks) + 8
    sheet = np.zeros((height, sum(ink.shape[1] for ink in inks) + 40), np.uint8)
    x, edges = 8.0, []
    for ink in inks:
        y = (height - ink.shape[0]) // 2 + int(random.integers(-3, 4))
        top, left = max(0, y), round(x)
        area = sheet[top : top + ink.shape[0], left : left + ink.shape[1]]
        np.maximum(area, ink[: area.shape[0], : area.shape[1]], out=area)
        edges.append((float(left), float(left + ink.shape[1])))
        x = left + ink.shape[1] * (1 - random.uniform(-0.12, 0.12))
    return sheet, edges


def _resized(image: DigitImage, random: Generator) -> NDArray[np.uint8]:
    x, y, width, height = cv2.boundingRect(image)
    scale = _SCALE * random.uniform(0.85, 1.15)
    size = (max(2, round(width * scale)), max(2, round(height * scale)))
    return np.asarray(
        cv2.resize(image[y : y + height, x : x + width], size, interpolation=cv2.INTER_LINEAR), np.uint8
    )


def _framed(ink: NDArray[np.uint8]) -> DigitImage | None:
    """The part's digit image; None where too little ink is left to say what it is."""
    if np.count_nonzero(ink > 128) < 12:
        return None
    return to_framed(ink)
