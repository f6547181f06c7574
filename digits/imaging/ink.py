"""From a gray picture to its ink: which way round it is, its paper evened out, its contrast stretched."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.errors import BlankImageError
from digits.imaging.scale import shrink

_POLARITY_SIDE: Final = 64
"""Longer side, in pixels, of the thumbnail on which polarity is judged: a digit's strokes are left on it."""

_WINDOW_PX: Final = 16
"""Size of such a window on the thumbnail on which paper is estimated."""

ONE_DIGIT_WINDOW: Final = 0.4
"""Paper is estimated over windows of this share of the shorter side: wider than the widest stroke (26 % of
a digit's height), narrower than a card on a table."""

_DARKEST_PAPER: Final = 32
"""Paper darker than this is not divided out in full: that would make ink of a sensor's noise in the dark."""

_SOLID_SHARE: Final = 0.6
"""The lightest such share of all ink may be a stroke's soft edge; from there on it is solid."""

_LEVELS: Final = np.arange(256, dtype=np.float64)

_MIN_CONTRAST: Final = 24
"""Ink less dark than this, of 255, is no ink: JPEG's noise and paper's grain stay below it."""


def to_dark_on_light(gray: NDArray[np.uint8], side: int = _POLARITY_SIDE) -> NDArray[np.uint8]:
    """Invert a picture whose ink is lighter than its paper.

    Ink is the minority and stands out from the paper around it, so that differences from the local
    mean lean to its side. Their cubes are summed: that is the sign of their skewness, in which few
    strong differences outweigh many weak ones, such as shading. Beyond the picture's edges there is
    more of what lies along them, so that a digit cut out close is ink still.

    Args:
        gray: Shape (height, width), 0 is black.
        side: Longer side, in pixels, of the thumbnail on which it is judged.
    """
    thumb = shrink(gray, side)
    size = _odd(max(thumb.shape) // 2)
    around = cv2.blur(thumb, (size, size), borderType=cv2.BORDER_REPLICATE)
    difference = cv2.subtract(thumb, around, dtype=cv2.CV_32F)
    return 255 - gray if (difference * difference * difference).sum() > 0 else gray


def measure_darkness(gray: NDArray[np.uint8], window: float = ONE_DIGIT_WINDOW) -> NDArray[np.uint8]:
    """How much darker than its paper each pixel is: 0 not at all, 255 black. Shading is divided out.

    Args:
        gray: Shape (height, width), 0 is black; ink is darker than paper.
        window: Share of the shorter side over which paper is estimated; wider than any stroke.
    """
    paper = _paper(gray, window)
    divisor = np.maximum(paper, _DARKEST_PAPER)
    return np.asarray(cv2.divide(cv2.subtract(paper, gray), divisor, scale=255), np.uint8)


def extract_ink(darkness: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Part ink from paper.

    Args:
        darkness: Shape (height, width), from `measure_darkness`.

    Returns:
        Same shape, 0 = paper, 255 = solid ink, soft in between.

    Raises:
        BlankImageError: Nothing stands out.
    """
    levels = _levels(darkness)
    above_paper = np.maximum(_LEVELS - levels.paper, 0)
    steps = cv2.convertScaleAbs(above_paper, alpha=255 / (levels.ink - levels.paper))
    return np.asarray(cv2.LUT(darkness, steps), np.uint8)


@dataclass(frozen=True, slots=True)
class Levels:
    """Darkness up to which all is paper, and from which all is solid ink."""

    paper: float
    ink: float


def _paper(gray: NDArray[np.uint8], window: float) -> NDArray[np.uint8]:
    """What the picture would be without its ink: closing removes what is dark and narrow, smoothly."""
    thumb = shrink(gray, round(_WINDOW_PX / window))
    size = max(3, _odd(round(min(thumb.shape) * window)))
    closed = cv2.morphologyEx(thumb, cv2.MORPH_CLOSE, np.ones((size, size), np.uint8))
    smooth = cv2.GaussianBlur(
        closed.astype(np.float32), (0, 0), size / 6
    )  # eight bits take five times as long
    paper = cv2.resize(smooth, gray.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.convertScaleAbs(paper), np.uint8)


def _levels(darkness: NDArray[np.uint8]) -> Levels:
    """Otsu's threshold parts paper from ink; each side's own spread says where it ends.

    Source:
        Otsu (1979), "A Threshold Selection Method from Gray-Level Histograms", IEEE Trans. SMC 9(1).
    """
    threshold = int(cv2.threshold(darkness, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])
    counts = cv2.calcHist([darkness], [0], None, [256], [0, 256]).ravel()
    light, dark = counts[: threshold + 1], counts[threshold + 1 :].cumsum(dtype=np.float64)
    ink = threshold + 1 + int(dark.searchsorted(_SOLID_SHARE * dark[-1])) if dark.size and dark[-1] else 0
    if ink < _MIN_CONTRAST:
        raise BlankImageError
    levels, pixels = _LEVELS[: threshold + 1], light.sum()
    mean = light @ levels / pixels
    spread = max(light @ (levels * levels) / pixels - mean * mean, 0.0) ** 0.5
    return Levels(paper=min(float(mean + 2 * spread), threshold), ink=ink)


def _odd(number: int) -> int:
    return number | 1
