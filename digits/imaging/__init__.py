"""From the bytes that people upload to digit images: decode, extract the ink, find the digits, frame them."""

from digits.imaging.frame import frame
from digits.imaging.read import FoundDigit, Page, read_digit, read_page, to_digit_image, to_framed
from digits.imaging.segment import Company

__all__ = ["Company", "FoundDigit", "Page", "frame", "read_digit", "read_page", "to_digit_image", "to_framed"]
