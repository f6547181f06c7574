"""Handwriting fonts: complete, lawful, and some kept for validation."""

import numpy as np
import pytest

from training.rendering.glyphs import SIGNS, draw_text, font_files

ALL = font_files(held_out=False) + font_files(held_out=True)


def test_some_fonts_are_kept_for_validation():
    train, held_out = set(font_files(held_out=False)), set(font_files(held_out=True))

    assert not train & held_out
    assert len(held_out) / len(ALL) == pytest.approx(1 / 7, abs=0.02)


@pytest.mark.parametrize("font", ALL, ids=lambda font: font.stem)
def test_a_font_draws_every_digit_apart_from_the_others(font):
    digits = [draw_text(font, digit) for digit in "0123456789"]

    assert all(ink.max() == 255 and max(ink.shape) > 20 for ink in digits)
    assert len({ink.tobytes() for ink in digits}) == 10


def test_most_fonts_draw_every_sign():
    drawn = np.array([[draw_text(font, sign).size > 1 for sign in SIGNS] for font in ALL])

    assert drawn.mean() > 0.98


def test_every_font_is_named_with_its_license():
    licenses = (ALL[0].parent / "LICENSES.md").read_text()

    named = {line.split("|")[1].strip() for line in licenses.splitlines() if line.startswith("| ")}
    assert named - {"font"} == {font.stem for font in ALL}
    assert "SIL OPEN FONT LICENSE Version 1.1" in licenses


def test_ink_is_cut_out():
    ink = draw_text(ALL[0], "8")

    assert all(edge.any() for edge in (ink[0], ink[-1], ink[:, 0], ink[:, -1]))
