"""What is no digit: signs, words, scribbles, shapes, textures."""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from training.rendering.glyphs import SIGNS, draw_text
from training.rendering.hand import rewrite
from training.rendering.scene import photograph
from training.rendering.shapes import scribble, shape
from training.rendering.textures import texture

_KINDS: Final = ("sign", "word", "ligature", "scribble", "shape", "texture")
_SHARES: Final = (0.38, 0.08, 0.07, 0.13, 0.14, 0.2)


def outlier(fonts: tuple[Path, ...], random: Generator) -> NDArray[np.uint8]:
    """A gray picture without a digit, uint8 (h, w)."""
    kind = random.choice(_KINDS, p=_SHARES)
    if kind == "texture":
        return texture(random)
    picture = photograph(_draw(kind, fonts, random), random)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def _draw(kind: str, fonts: tuple[Path, ...], random: Generator) -> NDArray[np.uint8]:
    if kind == "scribble":
        return scribble(random)
    if kind == "shape":
        return rewrite(shape(random), random)
    font = fonts[random.integers(len(fonts))]
    letters = "".join(random.choice(list(SIGNS), 1 if kind == "sign" else random.integers(2, 5)))
    if kind == "ligature":  # two signs over each other, one of them turned: of no alphabet
        first, second = (_square(draw_text(font, letter)) for letter in letters[:2])
        return rewrite(np.maximum(first, np.rot90(second, int(random.integers(1, 4)))), random)
    return rewrite(draw_text(font, letters), random)


def _square(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.resize(ink, (64, 64), interpolation=cv2.INTER_AREA), np.uint8)
