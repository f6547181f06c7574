"""Small pictures inside an answer."""

import base64
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_RUNS: Final = (cv2.IMWRITE_PNG_COMPRESSION, 9, cv2.IMWRITE_PNG_STRATEGY, cv2.IMWRITE_PNG_STRATEGY_RLE)
"""Compress runs of one gray alone: it costs no more than the fastest setting, and small pictures, mostly
paper, become a fifth smaller."""

EXAMPLE_URI: Final = "data:image/png;base64,iVBORw0KGgo…"


def data_uri(gray: NDArray[np.uint8]) -> str:
    """A gray picture as a PNG in a data URI (RFC 2397)."""
    encoded = cv2.imencode(".png", gray, _RUNS)[1].tobytes()
    return "data:image/png;base64," + base64.b64encode(encoded).decode()
