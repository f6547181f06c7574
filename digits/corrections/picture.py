"""A picture as it is kept: all that imaging makes a digit image from, and nothing else.

The file that was uploaded is not kept. It may tell by its metadata where and when it was taken, with which
device and by whom; it may hide whatever its format has room for; and a photograph shows more than a digit.
What is kept is the gray picture that imaging works on once it has decoded a file, as a PNG of at most
319 pixels a side: upright, opaque, without color. The digit image made from it is the same bit for bit.
"""

import io

from PIL import Image

from digits.imaging.decode import decode
from digits.imaging.read import WORK_SIDE


def clean(picture: bytes, *, max_pixels: int) -> bytes:
    """The PNG to keep of an encoded picture.

    Args:
        picture: A whole file, in one of `digits.imaging.decode.FORMATS`.
        max_pixels: Pictures with more are refused before they are decoded.

    Raises:
        UnreadableImageError: It is no picture, or it is broken.
        ImageTooLargeError: It has more than `max_pixels`.
    """
    gray = decode(picture, max_pixels=max_pixels, side=WORK_SIDE).gray
    buffer = io.BytesIO()
    Image.fromarray(gray).save(buffer, "PNG")
    return buffer.getvalue()
