"""`python -m training.commands.contact_sheets`: draws the sheets of docs/images, one row a kind of change."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from digits.contract import CLASSES, DigitImages
from digits.imaging.read import to_digit_image
from training import augmentation as augment
from training import console
from training.augmentation import Augmentation
from training.config import VALIDATION_IMAGES
from training.corruptions import CORRUPTIONS, corrupt
from training.dataset import Mnist, default_cache, load_mnist, named_folder
from training.rendering import KINDS, Pool, Sources, draw, font_files, photograph

OF_INK: Final[Mapping[str, Augmentation]] = {
    "as it is": augment.chain(),
    "shift": augment.shift(shift_px=3),
    "rotate": augment.rotate(rotation_deg=25),
    "resize": augment.resize(scale=0.3),
    "shear": augment.shear(slant=0.4),
    "crop": augment.crop(share=0.3),
    "elastic": augment.elastic(amount_px=1.2),
    "stroke": augment.stroke(amount=1),
    "spoil": augment.spoil(),
    "flip": augment.flip(share=1),
}
OF_LIGHT: Final[Mapping[str, Augmentation]] = {
    "as it is": augment.chain(),
    "brightness": augment.brightness(amount=0.4),
    "contrast": augment.contrast(amount=0.7),
    "saturation": augment.saturation(amount=1),
    "hue": augment.hue(turn_deg=180),
    "noise": augment.noise(amount=0.15),
    "blur": augment.blur(sigma_px=4),
}
"""Stronger than anyone would train with, so that each can be seen."""

_TILE_PX, _GAP_PX, _LABEL_PX = 56, 6, 124


def main(arguments: Sequence[str] | None = None, *, load: Callable[..., Mnist] = load_mnist) -> int:
    """Draw the sheets and return the exit status."""
    parser = argparse.ArgumentParser(prog="contact_sheets", description=__doc__)
    parser.add_argument("--into", type=Path, default=Path("docs/images"), help="(default: %(default)s)")
    options = parser.parse_args(arguments)
    return console.run("contact_sheets", lambda: _draw(options.into, load))


def _draw(folder: Path, load: Callable[..., Mnist]) -> None:
    mnist = load(named_folder(), default_cache(), say=console.note)
    digits = one_of_each(mnist)
    folder.mkdir(parents=True, exist_ok=True)
    sheets = {
        "augmentation.png": {name: _ink(apply(digits, _random())) for name, apply in OF_INK.items()},
        "augmentation-photos.png": _photos(digits),
        "corruptions.png": {
            "as it is": _ink(digits),
            **{name.replace("_", " "): _ink(corrupt(name, digits)) for name in CORRUPTIONS},
        },
        "rendered.png": _rendered(mnist),
    }
    for name, rows in sheets.items():
        lay_out(rows).save(folder / name, optimize=True)
        console.say(f"{folder / name}")


def one_of_each(mnist: Mnist) -> DigitImages:
    """The first validation image of each digit, shape (10, 28, 28)."""
    labels = mnist.train_labels[:VALIDATION_IMAGES]
    return mnist.train_images[[int((labels == digit).argmax()) for digit in range(len(CLASSES))]]


def lay_out(rows: Mapping[str, Sequence[NDArray[np.uint8]]]) -> Image.Image:
    """A sheet of labeled rows of RGB tiles."""
    step = _TILE_PX + _GAP_PX
    width = _LABEL_PX + step * max(len(tiles) for tiles in rows.values())
    sheet = Image.new("RGB", (width, step * len(rows) + _GAP_PX), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    for row, (name, tiles) in enumerate(rows.items()):
        top = _GAP_PX + row * step
        pen.text((_GAP_PX, top + _TILE_PX / 2), name.strip(), font=font, fill="#1f2328", anchor="lm")
        for column, tile in enumerate(tiles):
            sheet.paste(_fit(tile), (_LABEL_PX + column * step, top))
    return sheet


def _photos(digits: DigitImages) -> dict[str, list[NDArray[np.uint8]]]:
    """For each kind, photos of the digits after it, and what the service's imaging makes of these."""
    pictures = [photograph(digit, np.random.default_rng(40 + i)) for i, digit in enumerate(digits)]
    rows: dict[str, list[NDArray[np.uint8]]] = {}
    for name, apply in OF_LIGHT.items():
        rows[name] = [
            apply(picture[np.newaxis], np.random.default_rng(i))[0] for i, picture in enumerate(pictures)
        ]
        read = [to_digit_image(np.asarray(Image.fromarray(picture).convert("L"))) for picture in rows[name]]
        rows["  as read" if name == "as it is" else f"  {name}, read"] = _ink(np.stack(read))
    return rows


def _rendered(mnist: Mnist) -> dict[str, list[NDArray[np.uint8]]]:
    """Ten rendered pictures of each kind, as training shows them."""
    written = Pool(mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES])
    sources = Sources(written, font_files(held_out=False))
    rows = {}
    for kind in KINDS:
        drawn = [draw(kind, sources, np.random.default_rng((3, i)))[0] for i in range(len(CLASSES))]
        rows[kind] = _ink(np.stack(drawn))
    return rows


def _ink(images: DigitImages) -> list[NDArray[np.uint8]]:
    """Digit images as RGB tiles, dark ink on white."""
    return [np.repeat(255 - image[..., np.newaxis], 3, axis=2) for image in images]


def _fit(tile: NDArray[np.uint8]) -> Image.Image:
    """Fitted into a tile with its aspect kept, on light gray."""
    height, width = tile.shape[:2]
    scale = _TILE_PX / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    how = cv2.INTER_NEAREST if scale > 1 and max(height, width) <= 28 else cv2.INTER_AREA
    fitted = Image.fromarray(np.asarray(cv2.resize(tile, size, interpolation=how), np.uint8))
    tile_image = Image.new("RGB", (_TILE_PX, _TILE_PX), "#eef1f4")
    tile_image.paste(fitted, ((_TILE_PX - size[0]) // 2, (_TILE_PX - size[1]) // 2))
    return tile_image


def _random() -> np.random.Generator:
    return np.random.default_rng(1)


if __name__ == "__main__":
    sys.exit(main())
