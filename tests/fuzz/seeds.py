"""Small whole pictures of every format and mode, for tests and fuzzers to break."""

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageDraw

_MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "GIF": ("L", "P"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "WEBP": ("RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "LAB", "YCbCr", "I;16", "I", "F"),
}
_OPTIONS = {
    "progressive": ("JPEG", "RGB", {"progressive": True}),
    "lossless": ("WEBP", "RGB", {"lossless": True}),
    "interlaced": ("GIF", "P", {"interlace": True}),
    "lzw": ("TIFF", "RGB", {"compression": "tiff_lzw"}),
    "deflate": ("TIFF", "L", {"compression": "tiff_adobe_deflate"}),
    "packbits": ("TIFF", "L", {"compression": "packbits"}),
    "jpeg": ("TIFF", "RGB", {"compression": "jpeg"}),
    "group4": ("TIFF", "1", {"compression": "group4"}),
    "rle": ("BMP", "P", {}),
}


def drawing(mode: str, side: int = 24) -> Image.Image:
    """A stroke on paper, in any mode."""
    image = Image.new("L", (side, side), "white")
    ImageDraw.Draw(image).line([(4, 4), (side - 6, 5), (side // 2, side - 4)], fill="black", width=3)
    if mode in ("I;16", "I", "F"):
        wide = np.asarray(image, np.float32) * 200
        return Image.fromarray(wide.astype({"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]))
    if mode == "LAB":
        return Image.merge("LAB", (image, *(Image.new("L", image.size, 128),) * 2))
    return image.convert("RGB").convert(mode)


def seeds() -> Iterator[tuple[str, bytes]]:
    """A name and a file's bytes."""
    for format_, modes in _MODES.items():
        for mode in modes:
            yield f"{format_}-{mode}", _encoded(drawing(mode), format_)
    for name, (format_, mode, options) in _OPTIONS.items():
        yield f"{format_}-{name}", _encoded(drawing(mode), format_, **options)
    for format_ in ("GIF", "PNG", "WEBP", "TIFF"):
        frames = [drawing("L"), drawing("L").rotate(90)]
        yield f"{format_}-animated", _encoded(frames[0], format_, save_all=True, append_images=frames[1:])
    for format_ in ("PNG", "JPEG", "WEBP", "TIFF"):
        exif = Image.Exif()
        exif[0x0112] = 6
        yield f"{format_}-turned", _encoded(drawing("L"), format_, exif=exif)


def _encoded(image: Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format_, **options)
    return buffer.getvalue()
