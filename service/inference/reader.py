"""From the pieces of ink on a picture to all digits on it, in reading order."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImages
from digits.imaging import Page
from digits.imaging.pieces import Box, Line, Piece, assemble
from digits.imaging.read import to_framed
from service.inference.engine import Answers, Engine

_WIDEST: Final = 1.6
"""Pieces that together are wider than this share of their line's height are no single digit, …"""

_MAX_PIECES: Final = 8
"""… nor are more than these, …"""

_MAX_GAP: Final = 0.3
"""… nor those between which there is a gap wider than this share of the line's height."""

# What speaks against a part, in nats, beside the model. Chosen on strings of validation digits, written and
# measured by benchmarks/strings.py; each but the last can be doubled or halved at a loss of a percent.

_CUT_COST: Final = 6.0
"""Of crossing ink as long as the line is high, to part two digits that touch."""

_JOIN_COST: Final = 4.0
"""Of putting together what stands apart."""

_WIDE_COST: Final = 25.0
"""Of being a line's height wider than the line is high, squared."""

_LOW_COST: Final = 20.0
"""Of being a line's height lower than `_LOW` of the line, squared."""

_LOW: Final = 0.8

_PART_GAIN: Final = 0.5
"""What speaks for each part: without it, models that never saw two digits in one frame prefer those."""

_MIN_SCORE: Final = 1e-6
"""Scores below it are taken for it: one part can cost 14 nats at most, however sure the model is."""

_SURE: Final = 0.9
"""What is less probable is not prominent, …"""

_AS_HIGH: Final = 0.5
"""… nor is what is lower than this share of the highest digit, which dominates then."""


@dataclass(frozen=True, slots=True)
class ReadDigit:
    """One digit found on a picture.

    Attributes:
        confidence: Its probability, 0-1.
        line: Number of its line, from 0 at the top.
        box: Where it lies, in pixels of the upright picture.
    """

    digit: int
    confidence: float
    line: int
    box: Box


@dataclass(frozen=True, slots=True)
class _Part:
    """Neighboring pieces of a line that may be one digit: from number `start` on, before `end`."""

    start: int
    end: int
    pieces: tuple[Piece, ...]
    box: Box
    cost: float


def read_digits(page: Page, engine: Engine, *, min_digit_score: float) -> list[ReadDigit]:
    """Put each line's pieces together to digits, as the model and their sizes explain them best.

    All parts of all lines go to the engine in one call.

    Args:
        page: From `digits.imaging.read_page`.
        engine: Called at most once.
        min_digit_score: What looks less like a digit is left out.
    """
    lines = [list(_parts(line)) for line in page.lines]
    if not any(lines):
        return []
    answers = engine.predict(_images([part for parts in lines for part in parts]))
    found: list[ReadDigit] = []
    for parts in lines:
        rows, answers = answers[: len(parts)], answers[len(parts) :]
        chosen = [i for i in _best_path(parts, rows) if rows.digit_scores[i] >= min_digit_score]
        number = found[-1].line + 1 if found else 0
        for i in chosen:
            probabilities = rows.probabilities[i]
            box = parts[i].box.scaled(page.across, page.down)
            found.append(ReadDigit(int(probabilities.argmax()), float(probabilities.max()), number, box))
    return found


def prominent(digits: list[ReadDigit]) -> list[ReadDigit]:
    """Those that are sure and at least half as high as the highest of them."""
    sure = [each for each in digits if each.confidence >= _SURE]
    highest = max((each.box.height for each in sure), default=0)
    return [each for each in sure if each.box.height >= _AS_HIGH * highest]


def _images(parts: list[_Part]) -> DigitImages:
    images = np.empty((len(parts), SIDE, SIDE), np.uint8)
    for image, part in zip(images, parts, strict=True):
        image[:] = to_framed(assemble(part.pieces)[1])
    return images


def _parts(line: Line) -> Iterator[_Part]:
    """Every run of pieces that may be one digit; each piece alone is one of them."""
    for start, first in enumerate(line.pieces):
        box = first.box
        cost = -_PART_GAIN + _CUT_COST * (first.cut or 0)
        for end, piece in enumerate(line.pieces[start : start + _MAX_PIECES], start):
            if end > start and piece.cut is None:
                if piece.box.left - box.right > _MAX_GAP * line.height:
                    break
                cost += _JOIN_COST
            box = box.around(piece.box)
            if end > start and box.width > _WIDEST * line.height:
                break
            size_cost = _size_cost(box.width / line.height, box.height / line.height)
            yield _Part(start, end + 1, line.pieces[start : end + 1], box, cost + size_cost)


def _size_cost(width: float, height: float) -> float:
    """What speaks against a part of this size, in line heights."""
    return _WIDE_COST * max(0.0, width - 1) ** 2 + _LOW_COST * max(0.0, _LOW - height) ** 2


def _best_path(parts: list[_Part], answers: Answers) -> list[int]:
    """Indices of the parts that cover a line from end to end at the least cost, from the left."""
    scores = answers.probabilities.max(axis=1) * answers.digit_scores
    costs: NDArray[np.float64] = -np.log(np.maximum(scores, _MIN_SCORE)) + [part.cost for part in parts]
    best: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for index, part in enumerate(parts):  # by their start, so that the best way there is known
        cost, path = best[part.start]
        total = cost + float(costs[index])
        if part.end not in best or total < best[part.end][0]:
            best[part.end] = (total, [*path, index])
    return best[max(best)][1]
