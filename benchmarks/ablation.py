"""What each step of imaging wins: accuracy on rendered pictures with all steps, and without each of them.

python benchmarks/ablation.py [--pictures 2000] [--around table]

The pictures are MNIST's first 5,000 training images, the validation part, rewritten and photographed by
`training.rendering`: no real picture, but the same for every row. With `--around` they are sheets that lie on
a dark table or in a dark frame.
"""

import argparse
from collections.abc import Callable, Mapping
from typing import Any, Final

import cv2
import numpy as np
from machine import machine
from numpy.typing import NDArray
from sheets import AROUND

from digits.contract import SIDE, DigitImage
from digits.errors import BlankImageError
from digits.imaging import frame
from digits.imaging.ink import extract_ink, measure_darkness, to_dark_on_light
from digits.imaging.read import WORK_SIDE
from digits.imaging.rulings import remove_rulings
from digits.imaging.scale import shrink
from digits.imaging.segment import keep_digit
from digits.imaging.sheet import clear_surroundings
from digits.imaging.stroke import thicken
from digits.store import ModelStore
from service.inference.selection import open_engine
from service.settings import EngineChoice, Settings
from training.dataset import default_cache, load_mnist
from training.rendering import photograph
from training.rendering.hand import rewrite

Gray = NDArray[np.uint8]
Step = Callable[[Any], Any]


def to_whole_image(ink: Gray) -> DigitImage:
    """Instead of framing: the ink's box, on a square, scaled to the whole digit image."""
    left, top, width, height = cv2.boundingRect(ink)
    if not width:
        raise BlankImageError
    side = max(width, height)
    square = np.zeros((side, side), np.uint8)
    y, x = (side - height) // 2, (side - width) // 2
    square[y : y + height, x : x + width] = ink[top : top + height, left : left + width]
    return np.asarray(cv2.resize(square, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


STEPS: Final[Mapping[str, Step]] = {
    "sheet": clear_surroundings,
    "polarity": to_dark_on_light,
    "paper": measure_darkness,
    "rulings": remove_rulings,
    "contrast": extract_ink,
    "digit": lambda ink: keep_digit(ink).ink,
    "stroke": thicken,
    "frame": frame,
}
WITHOUT: Final[Mapping[str, Step]] = {"paper": lambda gray: 255 - gray, "frame": to_whole_image}
"""What stands in for a step; nothing at all for the others."""


def to_digit_image(gray: Gray, *, without: str | None) -> DigitImage:
    """The way of `digits.imaging.read`, but for one step."""
    made = shrink(gray, WORK_SIDE)
    for name, step in STEPS.items():
        made = WITHOUT.get(name, lambda same: same)(made) if name == without else step(made)
    return made


def rendered(count: int, around: str | None) -> list[tuple[Gray, int]]:
    """Gray pictures and their labels."""
    mnist = load_mnist(None, default_cache(), say=lambda _: None)
    random = np.random.default_rng(7)
    chosen = random.integers(0, 5000, count)
    if around:
        grays = [AROUND[around](mnist.train_images[i], random) for i in chosen]
    else:
        pictures = (photograph(rewrite(mnist.train_images[i], random), random) for i in chosen)
        grays = [np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8) for picture in pictures]
    return list(zip(grays, mnist.train_labels[chosen].tolist(), strict=True))


def main() -> None:
    """Print one row a step."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", type=int, default=2000)
    parser.add_argument("--around", choices=AROUND, help="what lies around the sheet (default: nothing)")
    options = parser.parse_args()
    model = ModelStore(Settings().model_store).open()
    engine = open_engine(EngineChoice.LITERT, model, threads=1)
    pictures = rendered(options.pictures, options.around)
    print(f"{machine()}; model version {model.version}, {options.pictures} pictures")
    for without in (None, *STEPS):
        images = []
        for gray, _ in pictures:
            try:
                images.append(to_digit_image(gray, without=without))
            except BlankImageError:
                images.append(np.zeros((SIDE, SIDE), np.uint8))
        digits = engine.predict(np.stack(images)).probabilities.argmax(axis=1)
        right = np.mean(digits == [label for _, label in pictures])
        print(f"{'without ' + without if without else 'all steps':<18} {right:7.2%}")


if __name__ == "__main__":
    main()
