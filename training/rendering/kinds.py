"""The kinds of pictures that a network is shown beside MNIST: each a function of a generator's draws."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from digits.contract import CLASSES, DigitImage, DigitImages
from digits.errors import BlankImageError
from digits.imaging import to_digit_image, to_framed
from training.rendering.glyphs import draw_text
from training.rendering.hand import rewrite
from training.rendering.outliers import outlier
from training.rendering.scene import photograph
from training.rendering.strings import side_by_side

NONE: Final = len(CLASSES)
"""The label of what is no digit."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Digit images of one origin.

    Attributes:
        images: uint8 (n, 28, 28).
        labels: uint8 (n,), 0-9, or NONE.
    """

    images: DigitImages
    labels: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sources:
    """What pictures are drawn from.

    Attributes:
        written: Handwriting, framed as MNIST is.
        fonts: Files of handwriting fonts.
    """

    written: Pool
    fonts: tuple[Path, ...]


Drawn: TypeAlias = tuple[DigitImage, int]
"""A digit image and its label."""


def draw(kind: str, sources: Sources, random: Generator) -> Drawn:
    """One picture of a kind; again where imaging finds nothing on it, since the service would refuse it."""
    while True:
        try:
            return KINDS[kind](sources, random)
        except BlankImageError:
            continue


def _font_digit(sources: Sources, random: Generator) -> Drawn:
    digit = int(random.integers(NONE))
    ink = draw_text(sources.fonts[random.integers(len(sources.fonts))], str(digit))
    return _seen(rewrite(ink, random), random), digit


def _written_digit(sources: Sources, random: Generator) -> Drawn:
    index = random.integers(len(sources.written.images))
    return _seen(rewrite(sources.written.images[index], random), random), int(sources.written.labels[index])


def _no_digit(sources: Sources, random: Generator) -> Drawn:
    return to_digit_image(outlier(sources.fonts, random)), NONE


def _several_digits(sources: Sources, random: Generator) -> Drawn:
    chosen = random.integers(len(sources.written.images), size=3 if random.random() < 0.25 else 2)
    return to_framed(side_by_side(sources.written.images[chosen], random)), NONE


def _seen(ink: NDArray[np.uint8], random: Generator) -> DigitImage:
    """What the service makes of a picture of the ink."""
    gray = cv2.cvtColor(photograph(ink, random), cv2.COLOR_RGB2GRAY)
    return to_digit_image(np.asarray(gray, np.uint8))


KINDS: Final[Mapping[str, Callable[[Sources, Generator], Drawn]]] = MappingProxyType(
    {"font": _font_digit, "written": _written_digit, "none": _no_digit, "several": _several_digits}
)
