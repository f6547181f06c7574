"""Pictures of nothing in particular: clouds, stripes, things with edges, empty paper half in the shade."""

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def texture(random: Generator) -> NDArray[np.uint8]:
    """Noise of many scales, as photos have it, with edges or stripes at times: gray, uint8 (h, w)."""
    height, width = (int(side) for side in random.integers(48, 161, 2))
    shaded = random.random() < 0.15
    picture = (_shade if shaded else _clouds)(height, width, random)
    if not shaded and random.random() < 0.4:
        for _ in range(random.integers(1, 6)):
            corners = random.uniform(-0.2, 1.2, (random.integers(3, 6), 2)) * (width, height)
            cv2.fillPoly(picture, [np.round(corners).astype(np.int32)], float(random.normal(0, 1)))
    if not shaded and random.random() < 0.25:
        picture += _stripes(height, width, random)
    low, high = np.percentile(picture, [1, 99])
    contrast = random.uniform(80, 255)
    levels = (picture - low) / (high - low + 1e-6) * contrast + random.uniform(0, 255 - contrast)
    return np.asarray(np.clip(levels, 0, 255), np.uint8)


def _shade(height: int, width: int, random: Generator) -> NDArray[np.float32]:
    """Light that falls off from one side to the other, evenly or at an edge."""
    y, x = np.indices((height, width), dtype=np.float32) / max(height, width) - 0.5
    angle = random.uniform(0, 2 * np.pi)
    along = np.cos(angle) * x + np.sin(angle) * y + random.uniform(-0.3, 0.3)
    return np.asarray(
        along if random.random() < 0.4 else np.tanh(along / random.uniform(0.01, 0.3)), np.float32
    )


def _clouds(height: int, width: int, random: Generator) -> NDArray[np.float32]:
    """Octaves of noise, each finer one weaker: the spectrum of natural pictures falls so."""
    slope = random.uniform(0.3, 1.4)
    picture = np.zeros((height, width), np.float32)
    for level in range(1, 7):
        cells = random.standard_normal((2**level, 2**level), np.float32) * np.float32(2.0 ** (-slope * level))
        picture += cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    return picture


def _stripes(height: int, width: int, random: Generator) -> NDArray[np.float32]:
    y, x = np.indices((height, width), dtype=np.float32)
    angle, wave_px = random.uniform(0, np.pi), random.uniform(4, 40)
    phase = 2 * np.pi / wave_px * (np.cos(angle) * x + np.sin(angle) * y)
    return np.asarray(random.uniform(0.2, 1) * np.sin(phase), np.float32)
