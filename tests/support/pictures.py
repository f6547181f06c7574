"""Pictures drawn in code."""

import io

from PIL import Image, ImageDraw


def encode(image, format="PNG", **options):  # noqa: A002 - Pillow's name
    """The bytes of a picture, from an array or a Pillow image."""
    buffer = io.BytesIO()
    picture = image if isinstance(image, Image.Image) else Image.fromarray(image)
    picture.save(buffer, format, **options)
    return buffer.getvalue()


def draw_seven(size=(280, 280), *, paper="white", ink="black", mode="RGB", width=22):
    """A seven, as one draws it on a canvas."""
    image = Image.new(mode, size, paper)
    w, h = size
    line = [(0.25 * w, 0.2 * h), (0.75 * w, 0.2 * h), (0.42 * w, 0.82 * h)]
    ImageDraw.Draw(image).line(line, fill=ink, width=width, joint="curve")
    return image
