"""Make a picture smaller by a whole factor, which is many times faster than by any other."""

import cv2
import numpy as np
from numpy.typing import NDArray


def shrink(gray: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """Average squares of pixels, as large as bring the longer side nearest to `side`; never enlarge.

    What is left over at the right and at the bottom, less than a pixel of the result, is cut off.
    """
    height, width = gray.shape
    factor = max(1, round(max(height, width) / side))
    if factor == 1:
        return gray
    size = (max(1, width // factor), max(1, height // factor))
    whole = gray[: size[1] * factor, : size[0] * factor]
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
