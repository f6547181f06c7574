"""Forms that somebody filled in, drawn in code: boxes, cells that stand apart, combs, digits over lines."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Gray = NDArray[np.uint8]
Form = Callable[[list[Gray], np.random.Generator], Gray]

_DIGIT: Final = 20
"""Pixels of an MNIST digit's longer side; all sizes below are shares of it."""


@dataclass(frozen=True, slots=True)
class _Print:
    """What is printed on the paper.

    Attributes:
        pitch: Pixels from box to box.
        height: Of a box, in pixels.
        line: Thickness, in pixels.
        level: 255 is as dark as ink.
        cells: As many boxes, the empty ones at the end included.
    """

    pitch: int
    height: int
    line: int
    level: int
    cells: int

    @classmethod
    def any(cls, digits: int, size: float, random: np.random.Generator) -> "_Print":
        return cls(
            pitch=round(random.uniform(1.0, 1.5) * size),
            height=round(random.uniform(1.15, 1.7) * size),
            line=round(random.uniform(1, max(1.6, 0.12 * size))),
            level=int(random.integers(110, 256)),
            cells=digits + int(random.integers(0, 4)),
        )


def boxes(digits: list[Gray], random: np.random.Generator) -> Gray:
    """A row of boxes that share their walls; many digits reach over its lines."""
    return _fill(digits, random, _draw_boxes, stray=0.2)


def cells(digits: list[Gray], random: np.random.Generator) -> Gray:
    """Boxes that stand apart from each other."""
    return _fill(digits, random, _draw_cells, stray=0.12)


def comb(digits: list[Gray], random: np.random.Generator) -> Gray:
    """A rule with teeth that part the places."""
    return _fill(digits, random, _draw_comb, stray=0.12)


def ignored(digits: list[Gray], random: np.random.Generator) -> Gray:
    """A row of boxes drawn by hand, and a number written across it as if there were none."""
    return _fill(digits, random, _draw_boxes, stray=0.15, follows=False)


FORMS: Final[dict[str, Form]] = {"boxes": boxes, "cells": cells, "comb": comb, "ignored": ignored}

_Draw = Callable[[Gray, _Print, int, int, np.random.Generator], None]


def _fill(
    digits: list[Gray], random: np.random.Generator, draw: _Draw, *, stray: float, follows: bool = True
) -> Gray:
    """A form with a digit in each box, dark on light.

    Args:
        digits: MNIST's images.
        random: Source of chance.
        draw: Draws the empty form.
        stray: How far a digit may lie from the middle of its box, as a share of a digit.
        follows: Whether the digits keep to the boxes' pitch.
    """
    size = _DIGIT * random.uniform(1.5, 4)
    form = _Print.any(len(digits), size, random)
    margin = round(size * random.uniform(0.3, 1))
    paper = np.zeros((form.height + 2 * margin, form.cells * form.pitch + 2 * margin), np.uint8)
    draw(paper, form, margin, margin, random)
    step = form.pitch if follows else round(max(0.85 * size, random.uniform(0.8, 1.0) * form.pitch))
    written = np.zeros_like(paper)
    for i, image in enumerate(digits):
        box = _enlarged(image, size / _DIGIT)
        x = margin + step * i + (step - box.shape[1]) / 2 + random.uniform(-stray, stray) * size
        y = margin + (form.height - len(box)) / 2 + random.uniform(-stray, stray) * size
        _write(written, box, round(x), round(y))
    tilted = cv2.getRotationMatrix2D((paper.shape[1] / 2, len(paper) / 2), random.uniform(-1.5, 1.5), 1)
    both = np.maximum(paper, written)
    return 255 - np.asarray(cv2.warpAffine(both, tilted, both.shape[::-1]), np.uint8)


def _enlarged(image: Gray, scale: float) -> Gray:
    left, top, width, height = cv2.boundingRect(image)
    box = image[top : top + height, left : left + width]
    return np.asarray(cv2.resize(box, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def _write(paper: Gray, box: Gray, x: int, y: int) -> None:
    x, y = min(max(x, 0), paper.shape[1] - box.shape[1]), min(max(y, 0), len(paper) - len(box))
    place = paper[y : y + len(box), x : x + box.shape[1]]
    np.maximum(place, box, out=place)


def _draw_boxes(paper: Gray, form: _Print, x: int, y: int, random: np.random.Generator) -> None:
    right = x + form.cells * form.pitch
    cv2.rectangle(paper, (x, y), (right, y + form.height), form.level, form.line)
    shake = round(random.choice([0, 0, 0.05]) * form.pitch)  # two of three are printed, one is drawn by hand
    for i in range(1, form.cells):
        above, below = (x + i * form.pitch + random.integers(-shake, shake + 1, 2)).tolist()
        cv2.line(paper, (above, y), (below, y + form.height), form.level, form.line)


def _draw_cells(paper: Gray, form: _Print, x: int, y: int, random: np.random.Generator) -> None:
    gap = max(2 * form.line, round(random.uniform(0.08, 0.2) * form.pitch))
    for i in range(form.cells):
        left = x + i * form.pitch
        corner = (left + form.pitch - gap, y + form.height)
        cv2.rectangle(paper, (left, y), corner, form.level, form.line)


def _draw_comb(paper: Gray, form: _Print, x: int, y: int, random: np.random.Generator) -> None:
    bottom, tooth = y + form.height, round(random.uniform(0.15, 0.4) * form.height)
    cv2.line(paper, (x, bottom), (x + form.cells * form.pitch, bottom), form.level, form.line)
    for i in range(form.cells + 1):
        at = x + i * form.pitch
        cv2.line(paper, (at, bottom - tooth), (at, bottom), form.level, form.line)
