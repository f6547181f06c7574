"""From the bytes of a file to a gray picture, upright and opaque, whatever its format and mode."""

import io
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from digits.errors import ImageTooLargeError, UnreadableImageError

FORMATS: Final = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")
"""What we open; Pillow knows fifty more, many of them seldom used and seldom attacked."""

_ORIENTATION: Final = 0x0112
_UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""EXIF's orientation (CIPA DC-008, section 4.6.4) → what turns the picture upright."""

_LYING: Final = frozenset({5, 6, 7, 8})
"""Those of a picture that lies on its side."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded picture.

    Attributes:
        gray: Upright, 0 is black, 255 is white; it may be smaller than the picture itself.
        width: Of the picture itself, upright, in pixels.
        height: The same.
    """

    gray: NDArray[np.uint8]
    width: int
    height: int


def decode(picture: bytes, *, max_pixels: int, side: int) -> Picture:
    """Decode the first frame of a picture to gray.

    Args:
        picture: A whole file in one of FORMATS.
        max_pixels: Pictures with more are refused before they are decoded.
        side: Longer side, in pixels, that suffices: a larger JPEG is decoded at a fraction of
            its size, which is many times faster. The result may be larger than this.

    Raises:
        UnreadableImageError: It is no such picture, or it is broken.
        ImageTooLargeError: It has more pixels than `max_pixels`.
    """
    with _open(picture, max_pixels) as image:
        size = image.size
        image.draft("L", (side, side))  # JPEG only: at least this large, and no larger than needed
        try:
            gray = _to_gray(image, side)
        except Exception as error:
            raise UnreadableImageError(f"The picture is broken ({_reason(error)}).", FORMATS) from error
        orientation = _orientation(image)  # now, since Pillow turns a TIFF itself while it decodes it
    if orientation in _UPRIGHT:
        gray = gray.transpose(_UPRIGHT[orientation])
    width, height = size[::-1] if orientation in _LYING else size
    return Picture(np.asarray(gray), width, height)


def _open(picture: bytes, max_pixels: int) -> Image.Image:
    """Read a picture's header; nothing is decoded yet."""
    try:
        image = Image.open(io.BytesIO(picture), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooLargeError("far too many pixels", max_pixels) from error
    except UnidentifiedImageError as error:
        raise UnreadableImageError("The upload is not a picture that we know.", FORMATS) from error
    except Exception as error:  # decoders raise whatever a hostile file makes them
        raise UnreadableImageError(f"The picture is broken ({_reason(error)}).", FORMATS) from error
    width, height = image.size
    if width * height > max_pixels:
        raise ImageTooLargeError(f"{width:,} x {height:,} = {width * height:,} pixels", max_pixels)
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except Exception:  # noqa: BLE001 - broken EXIF says nothing about the picture
        return 1


def _to_gray(image: Image.Image, side: int) -> Image.Image:
    """Any mode to "L", at least `side` pixels long where the picture is."""
    if image.mode.startswith("I;16"):
        return _shrink(Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)), side)
    if image.mode in ("I", "F"):
        return _from_wide(_shrink(image, side))
    if image.has_transparency_data:
        return _on_paper(_shrink(image if image.mode == "RGBA" else image.convert("RGBA"), side))
    if image.mode == "LAB":
        return _shrink(image.getchannel(0), side)
    return _shrink(image.convert("L"), side)


def _shrink(image: Image.Image, side: int) -> Image.Image:
    """By a whole factor, which is fast, so that what follows costs the same for a picture of any size."""
    factor = max(image.size) // side
    return image.reduce(factor) if factor > 1 else image


def _from_wide(image: Image.Image) -> Image.Image:
    """32-bit and float pictures, which `convert` would saturate, scaled instead."""
    values = np.nan_to_num(np.asarray(image, np.float32), posinf=0.0, neginf=0.0)
    low, high = values.min(), values.max()  # these have no range of their own
    return Image.fromarray(((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8))


def _on_paper(image: Image.Image) -> Image.Image:
    """Put a transparent picture on paper that shows its ink, whichever color that has.

    Where most of it is opaque, the picture brought its own paper, and holes in it get that paper's
    shade. Otherwise all that is opaque is ink, and the paper is white or black, whichever is further.
    """
    gray, alpha = np.asarray(image.convert("L"), np.uint16), np.asarray(image.getchannel("A"), np.uint16)
    opaque = gray[alpha > 127]
    if opaque.size * 2 > gray.size:
        paper = int(np.median(opaque))
    else:
        shown = np.average(gray, weights=alpha) if alpha.any() else 0
        paper = 255 if shown < 128 else 0
    return Image.fromarray(((gray * alpha + paper * (255 - alpha) + 127) // 255).astype(np.uint8))


def _reason(error: Exception) -> str:
    """A decoder's own words, short and without a trace of this machine."""
    return " ".join(str(error).split())[:80].rstrip(".") or type(error).__name__
