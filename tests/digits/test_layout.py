"""Symbols on a page are found line by line, in reading order; what is no symbol is left out."""

import numpy as np
import pytest

from digits.errors import TooManySymbolsError
from digits.imaging.layout import MAX_SYMBOLS, find_lines
from digits.imaging.pieces import Box


def page(*bars, shape=(400, 600)):
    """Solid bars, each (left, top, width, height)."""
    ink = np.zeros(shape, np.uint8)
    for left, top, width, height in bars:
        ink[top : top + height, left : left + width] = 255
    return ink


def boxes(lines):
    return [[(p.box.left, p.box.top, p.box.width, p.box.height) for p in line.pieces] for line in lines]


FIRST, SECOND, THIRD = (50, 100, 30, 60), (120, 95, 30, 60), (190, 105, 30, 60)


def test_finds_symbols_from_the_left():
    assert boxes(find_lines(page(THIRD, FIRST, SECOND))) == [[FIRST, SECOND, THIRD]]


def test_finds_lines_from_the_top():
    below = (20, 250, 30, 60)

    lines = find_lines(page(below, SECOND, FIRST))

    assert boxes(lines) == [[FIRST, SECOND], [below]]
    assert [line.height for line in lines] == [60, 60]


def test_follows_a_slanting_line():
    slanting = [(20 + 60 * i, 40 + 20 * i, 30, 60) for i in range(9)]

    assert boxes(find_lines(page(*slanting))) == [slanting]


def test_parts_lines_that_slant_past_each_other():
    """The first symbol of the lower line is level with the last of the upper one."""
    upper = [(20 + 60 * i, 40 + 12 * i, 30, 60) for i in range(9)]
    lower = [(left, top + 90, width, height) for left, top, width, height in upper]

    assert boxes(find_lines(page(*upper, *lower))) == [upper, lower]


@pytest.mark.parametrize(
    "bar",
    [
        pytest.param((190, 88, 40, 8), id="above"),
        pytest.param((212, 90, 30, 10), id="above-and-to-the-right"),
        pytest.param((223, 120, 20, 10), id="beside"),
    ],
)
def test_joins_a_loose_stroke_to_the_symbol_nearest_to_it(bar):
    lines = find_lines(page(FIRST, SECOND, THIRD, bar))

    (line,) = lines
    assert len(line.pieces) == 3
    last = line.pieces[-1]
    around = Box(190, 105, 220, 165).around(Box(bar[0], bar[1], bar[0] + bar[2], bar[1] + bar[3]))
    assert last.box == around
    assert (last.ink > 0).sum() == 30 * 60 + bar[2] * bar[3]


def test_a_symbols_ink_is_its_own():
    around = page((100, 100, 80, 80))
    around[110:170, 110:180] = 0  # open to the right
    around[120:160, 130:150] = 255  # another symbol inside

    (line,) = find_lines(around)

    assert sum((piece.ink > 0).sum() for piece in line.pieces) == (around > 0).sum()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((300, 100, 3, 3), id="speck"),
        pytest.param((20, 300, 500, 6), id="line"),
        pytest.param((300, 140, 8, 8), id="point"),
        pytest.param((0, 0, 80, 80), id="dark-corner"),
        pytest.param((590, 0, 10, 400), id="dark-edge"),
    ],
)
def test_leaves_out_what_is_no_symbol(other):
    assert boxes(find_lines(page(FIRST, SECOND, THIRD, other))) == [[FIRST, SECOND, THIRD]]


def test_leaves_out_a_frame():
    framed = page((0, 0, 600, 400))
    framed[8:392, 8:592] = 0

    assert boxes(find_lines(np.maximum(framed, page(FIRST)))) == [[FIRST]]


def test_keeps_digits_that_reach_the_edges_of_a_picture_cut_close():
    cut_close = page((0, 0, 10, 100), (30, 0, 12, 100), (70, 0, 10, 90), shape=(100, 80))

    assert len(find_lines(cut_close)[0].pieces) == 3


def test_blank_ink_has_no_lines():
    assert find_lines(page()) == []


def test_refuses_a_page_full_of_things():
    rows = columns = range(0, 1000, 45)
    full = page(*((x, y, 20, 22) for x in columns for y in rows), shape=(1024, 1024))

    with pytest.raises(TooManySymbolsError, match=f"the limit is {MAX_SYMBOLS}"):
        find_lines(full)


def test_noise_costs_no_more_than_a_page():
    noise = np.random.default_rng(0).integers(0, 2, (1024, 1024), np.uint8) * 255

    assert sum(len(line.pieces) for line in find_lines(noise)) <= MAX_SYMBOLS
