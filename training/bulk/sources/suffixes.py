"""Which files of a folder or an archive are taken for pictures."""

from pathlib import PurePath
from typing import Final

SUFFIXES: Final = frozenset({".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"})
"""Of the formats that are decoded (`digits.imaging.decode.FORMATS`)."""


def is_picture(name: str) -> bool:
    """Whether a file is taken for a picture, by its name alone; hidden ones are none."""
    path = PurePath(name)
    return path.suffix.lower() in SUFFIXES and not path.name.startswith(".")
