"""From the bytes that people upload to a digit image: decode, extract the ink, keep the digit, frame it."""

from digits.imaging.frame import frame
from digits.imaging.read import read_digit, to_digit_image, to_framed

__all__ = ["frame", "read_digit", "to_digit_image", "to_framed"]
