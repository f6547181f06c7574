"""From the bytes that people upload to a digit image: decode, extract the ink, frame it."""

from digits.imaging.frame import frame

__all__ = ["frame"]
