"""A seven, drawn as on the canvas of a web page."""

import cv2
import numpy as np


def drawn_png(side: int) -> bytes:
    """A square PNG of so many pixels a side, dark on white."""
    return encoded(drawn(side), ".png")


def drawn(side: int) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """The picture, uint8 (side, side, 3)."""
    paper = np.full((side, side, 3), 255, np.uint8)
    line = np.array([(0.25, 0.2), (0.75, 0.2), (0.42, 0.82)]) * side
    cv2.polylines(
        paper, [line.astype(np.int32)], isClosed=False, color=(0, 0, 0), thickness=max(1, side // 13)
    )
    return paper


def encoded(picture: np.ndarray, extension: str) -> bytes:
    """A file of that kind."""
    return bytes(cv2.imencode(extension, picture)[1])
