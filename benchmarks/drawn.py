"""The pictures that servers are sent, drawn in code."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from imaging import encoded, photo, seven


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A file and what it is."""

    name: str
    media_type: str
    content: bytes


def draw(name: str) -> DrawnPicture:
    """One of PICTURES."""
    if name == "photo":
        return DrawnPicture("12-megapixel JPEG", "image/jpeg", encoded(photo(), "JPEG"))
    side, stroke = {"tiny": (28, 3), "canvas": (280, 22)}[name]
    content = encoded(np.asarray(seven(side, side, stroke)), "PNG")
    return DrawnPicture(f"{side} x {side} PNG", "image/png", content)


PICTURES: Final = ("tiny", "canvas", "photo")
