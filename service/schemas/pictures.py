"""Small pictures inside an answer."""

import base64
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

EXAMPLE_URI: Final = "data:image/png;base64,iVBORw0KGgo…"


def data_uri(gray: NDArray[np.uint8]) -> str:
    """A gray picture as a PNG in a data URI (RFC 2397)."""
    encoded = cv2.imencode(".png", gray)[1].tobytes()
    return "data:image/png;base64," + base64.b64encode(encoded).decode()
