"""Digits, letters and signs as handwriting fonts draw them."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

_FOLDER: Final = Path(__file__).parent / "fonts"
_HELD_OUT_EVERY: Final = 7
_SIZE_PX: Final = 96
"""Size at which glyphs are drawn: some 60 pixels of height for a digit."""

SIGNS: Final = "ACEFGHJKLMNPRTUVWXYacdefhkmnprtuvwxä&@#%+=*<>{}"
"""Letters and signs that nobody takes for a digit: O, l, S, Z, B, b, g, q and their like are missing."""


def font_files(*, held_out: bool) -> tuple[Path, ...]:
    """The fonts to train on, or those kept for validation: one in seven, by name."""
    fonts = sorted(_FOLDER.glob("*.woff"))
    return tuple(
        font for i, font in enumerate(fonts) if (i % _HELD_OUT_EVERY == _HELD_OUT_EVERY // 2) == held_out
    )


def draw_text(font: Path, text: str) -> NDArray[np.uint8]:
    """The ink of some characters, cut out: uint8 (h, w), 255 = ink; 1 x 1 where a font draws none."""
    typeface = _open(font)
    left, top, right, bottom = typeface.getbbox(text)
    image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8))
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, font=typeface, fill=255)
    ink = np.asarray(image)
    x, y, width, height = cv2.boundingRect(ink)
    return ink[y : y + height, x : x + width].copy() if width else np.zeros((1, 1), np.uint8)


@lru_cache(maxsize=128)
def _open(font: Path) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), _SIZE_PX)
