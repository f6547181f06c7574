"""Symbols are cut where little ink is crossed, and the pieces are all of them."""

import numpy as np
import pytest

from digits.imaging.cut import cut
from digits.imaging.pieces import Box, Line, Piece, assemble


def symbol(ink, left=40, top=20):
    return Piece(Box(left, top, left + ink.shape[1], top + ink.shape[0]), ink)


def two_rings(overlap=4):
    rows, columns = np.indices((60, 60)) - 29.5
    radius = np.hypot(rows, columns)
    ring = ((radius < 29) & (radius > 21)).astype(np.uint8) * 255
    both = np.zeros((60, 120 - overlap), np.uint8)
    both[:, :60] = ring
    both[:, -60:] |= ring
    return both


def test_cuts_two_that_touch_where_they_meet():
    pieces = cut(Line((symbol(two_rings()),), 60), max_cuts=12).pieces

    cheapest = min(pieces[1:], key=lambda piece: piece.cut)
    assert cheapest.box.left == pytest.approx(40 + 58, abs=8)
    assert pieces[0].cut is None
    assert cheapest.cut < 0.4


def test_the_pieces_are_all_of_it():
    whole = symbol(two_rings())

    box, ink = assemble(cut(Line((whole,), 60), max_cuts=12).pieces)

    inked = whole.ink.any(axis=0)
    assert box.width == np.flatnonzero(inked)[-1] - np.flatnonzero(inked)[0] + 1
    assert ink.sum(dtype=int) == whole.ink.sum(dtype=int)


def test_cuts_between_leaning_strokes():
    """No straight column parts them."""
    leaning = np.zeros((60, 60), np.uint8)
    for row in range(60):
        leaning[row, 40 - row // 2 : 48 - row // 2] = 255
        leaning[row, 52 - row // 2 : 60 - row // 2] = 255
    leaning[:2, 40:60] = 255

    pieces = cut(Line((symbol(leaning),), 60), max_cuts=12).pieces

    assert min(piece.cut for piece in pieces[1:]) < 0.2


def test_does_not_cut_what_is_narrow():
    narrow = symbol(np.full((60, 20), 255, np.uint8))

    assert cut(Line((narrow,), 60), max_cuts=12).pieces == (narrow,)


@pytest.mark.parametrize("most", [0, 1, 3])
def test_makes_no_more_cuts_than_allowed(most):
    comb = np.tile(np.repeat([255, 0], 15).astype(np.uint8), (60, 8))
    comb[:8] = 255

    assert len(cut(Line((symbol(comb),), 60), max_cuts=most).pieces) == most + 1


@pytest.mark.parametrize("shape", [(1, 50), (2, 40), (50, 31), (900, 700)], ids=str)
def test_takes_any_shape(shape):
    solid = symbol(np.full(shape, 255, np.uint8))

    pieces = cut(Line((solid,), min(shape)), max_cuts=12).pieces

    assert sum(piece.ink.sum(dtype=int) for piece in pieces) == 255 * shape[0] * shape[1]
