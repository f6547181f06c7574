"""`digits-steps`: write what each step makes of a picture to files, to see where it goes wrong."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.errors import ImageError
from digits.imaging.decode import decode
from digits.imaging.frame import frame
from digits.imaging.ink import extract_ink, measure_darkness, to_dark_on_light
from digits.imaging.read import PAGE_SIDE, WORK_SIDE, read_page
from digits.imaging.rulings import remove_rulings
from digits.imaging.scale import shrink
from digits.imaging.segment import keep_digit
from digits.imaging.sheet import clear_surroundings
from digits.imaging.stroke import thicken

_MAX_PIXELS: Final = 50_000_000
_TILE_PX: Final = 160
_GAP_PX: Final = 8


def steps(picture: bytes) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """The name of each step to a digit image, in order, and the gray picture it makes.

    The last is what `read_digit` gives, but for pictures that are digit images already.

    Raises:
        ImageError: As `read_digit`, once the steps before have been given.
    """
    yield "decoded", (gray := shrink(decode(picture, max_pixels=_MAX_PIXELS, side=WORK_SIDE).gray, WORK_SIDE))
    yield "sheet", (bare := clear_surroundings(gray))
    yield "polarity", (dark := to_dark_on_light(bare))
    yield "paper", 255 - (darkness := measure_darkness(dark))
    yield "rulings", 255 - (unruled := remove_rulings(darkness))
    yield "contrast", 255 - (ink := extract_ink(unruled))
    yield "digit", 255 - (digit := keep_digit(ink).ink)
    yield "stroke", 255 - (thick := thicken(digit))
    yield "frame", 255 - frame(thick)


def pieces(picture: bytes) -> NDArray[np.uint8]:
    """What `read_page` finds, in color: each line's pieces in boxes, those that were cut apart in red.

    Raises:
        ImageError: As `read_page`.
    """
    page = read_page(picture, max_pixels=_MAX_PIXELS)
    gray = shrink(decode(picture, max_pixels=_MAX_PIXELS, side=PAGE_SIDE).gray, PAGE_SIDE)
    drawn = cv2.cvtColor(gray, cv2.COLOR_GRAY2BGR)
    for piece in (piece for line in page.lines for piece in line.pieces):
        box, color = piece.box, (200, 120, 0) if piece.cut is None else (0, 0, 220)
        cv2.rectangle(drawn, (box.left, box.top), (box.right - 1, box.bottom - 1), color, 1)
    return np.asarray(drawn, np.uint8)


def sheet(made: Sequence[tuple[str, NDArray[np.uint8]]]) -> NDArray[np.uint8]:
    """All steps beside each other, each in a square and with its name below."""
    side = _TILE_PX + _GAP_PX
    drawn = np.full((side + 16, side * len(made) + _GAP_PX), 200, np.uint8)
    for i, (name, image) in enumerate(made):
        scale = _TILE_PX / max(image.shape)
        size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
        tile = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST if scale > 2 else cv2.INTER_AREA)
        left = _GAP_PX + i * side
        drawn[_GAP_PX : _GAP_PX + size[1], left : left + size[0]] = tile
        cv2.putText(drawn, name, (left, side + 10), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 0, 1, cv2.LINE_AA)
    return drawn


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 0: all steps were written; 1: the picture was refused, after the files that there are."""
    parser = argparse.ArgumentParser(prog="digits-steps", description=__doc__.partition(": ")[2])
    parser.add_argument("picture", type=Path)
    parser.add_argument(
        "--out", type=Path, default=Path("steps"), help="folder for the files (default: steps)"
    )
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    made: list[tuple[str, NDArray[np.uint8]]] = []
    try:
        picture = options.picture.read_bytes()
        for name, image in steps(picture):
            made.append((name, image))
            cv2.imwrite(str(options.out / f"{len(made)}-{name}.png"), image)
        cv2.imwrite(str(options.out / "pieces.png"), pieces(picture))
    except (ImageError, OSError) as error:
        print(f"digits-steps: {error}", file=sys.stderr)  # noqa: T201 - a command's own words
        return 1
    finally:
        if made:
            cv2.imwrite(str(options.out / "all.png"), sheet(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
