"""The fifteen corruptions by name, in the order of MNIST-C's paper."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from digits.contract import DigitImages
from training.corruptions.blur import glass_blur, motion_blur
from training.corruptions.edges import canny_edges
from training.corruptions.geometry import rotate, scale, shear, translate
from training.corruptions.levels import Corruption
from training.corruptions.light import brightness, fog
from training.corruptions.marks import dotted_line, spatter, stripe, zigzag
from training.corruptions.noise import impulse_noise, shot_noise

CORRUPTIONS: Final[Mapping[str, Corruption]] = MappingProxyType(
    {
        corruption.__name__: corruption
        for corruption in (
            shot_noise,
            impulse_noise,
            glass_blur,
            motion_blur,
            shear,
            scale,
            rotate,
            brightness,
            translate,
            stripe,
            fog,
            spatter,
            dotted_line,
            zigzag,
            canny_edges,
        )
    }
)

_CHUNK: Final = 250
"""Images at a time: fog needs a cloud of 256 x 256 pixels for each."""


def corrupt(name: str, images: DigitImages, *, seed: int = 0) -> DigitImages:
    """Corrupt digit images, shape (n, 28, 28); equal seeds give equal images on any machine."""
    random = np.random.default_rng((seed, list(CORRUPTIONS).index(name)))
    chunks = np.split(images, range(_CHUNK, len(images), _CHUNK))
    return np.concatenate([CORRUPTIONS[name](chunk, random) for chunk in chunks])
