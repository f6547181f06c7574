"""Pieces become the digits that explain them best, in one call of the engine."""

import numpy as np
import pytest
from stub_service import StubEngine

from digits.imaging import Page
from digits.imaging.pieces import Box, Line, Piece
from service.inference.engine import Answers
from service.inference.reader import read_digits


class WidthEngine(StubEngine):
    """Knows a digit by how wide the ink is on its image: sure of one width, unsure of all others."""

    def __init__(self, sure_of):
        super().__init__()
        self._sure_of = sure_of

    def predict(self, images):
        self.calls.append(images)
        widths = (images.max(axis=1) > 0).sum(axis=1)
        sure = np.isin(widths, self._sure_of)
        rows = np.full((len(images), 10), 0.01, np.float32)
        rows[np.arange(len(images)), widths % 10] = np.where(sure, 0.91, 0.3)
        return Answers.of(rows / rows.sum(axis=1, keepdims=True), None)


def piece(left, width, *, cut=None, top=0, height=40):
    return Piece(Box(left, top, left + width, top + height), np.full((height, width), 255, np.uint8), cut)


def page(*lines, **scale):
    return Page(tuple(Line(tuple(line), 40.0) for line in lines), **scale)


def test_reads_lines_from_the_top_and_each_from_the_left():
    found = read_digits(
        page([piece(0, 20), piece(60, 20)], [piece(0, 20, top=100)]), StubEngine(), min_digit_score=0.5
    )

    assert [(each.digit, each.line, each.box) for each in found] == [
        (7, 0, Box(0, 0, 20, 40)),
        (7, 0, Box(60, 0, 80, 40)),
        (7, 1, Box(0, 100, 20, 140)),
    ]


def test_asks_the_engine_once_for_all():
    engine = StubEngine()

    read_digits(page([piece(0, 20)], [piece(0, 20), piece(20, 20, cut=0.1)]), engine, min_digit_score=0.5)

    (call,) = engine.calls
    assert call.shape == (4, 28, 28)
    assert call.dtype == np.uint8


@pytest.mark.parametrize(
    ("sure_of", "widths"),
    [
        pytest.param([20], [40], id="together"),
        pytest.param([10], [20, 20], id="apart"),
    ],
)
def test_cuts_only_where_the_parts_are_surer_than_the_whole(sure_of, widths):
    touching = [piece(0, 20), piece(20, 20, cut=0.1)]

    found = read_digits(page(touching), WidthEngine(sure_of), min_digit_score=0.1)

    assert [each.box.width for each in found] == widths


def test_does_not_join_what_lies_far_apart():
    engine = StubEngine()

    read_digits(page([piece(0, 10), piece(30, 10)]), engine, min_digit_score=0.5)

    assert len(engine.calls[0]) == 2


def test_leaves_out_what_is_no_digit_and_counts_only_lines_with_digits():
    engine = StubEngine(digit_score=0.2)

    assert read_digits(page([piece(0, 20)]), engine, min_digit_score=0.5) == []


def test_gives_boxes_in_pixels_of_the_whole_picture():
    found = read_digits(page([piece(10, 20)], across=4.0, down=2.0), StubEngine(), min_digit_score=0.5)

    assert found[0].box == Box(40, 0, 120, 80)


def test_reads_nothing_on_a_page_without_pieces():
    engine = StubEngine()

    assert read_digits(page(), engine, min_digit_score=0.5) == []
    assert not engine.calls


def test_bounds_the_parts_of_many_narrow_pieces():
    engine = StubEngine()
    bars = [piece(3 * i, 2) for i in range(256)]

    read_digits(page(bars), engine, min_digit_score=0.5)

    assert len(engine.calls[0]) <= 8 * 256
