"""Draw the pictures of docs/imaging.md: photos of paper made in code, and what imaging does with them.

python benchmarks/illustrations.py [--out docs/images]
"""

import argparse
import gzip
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from strings import touching, write

from digits.imaging.steps import pieces, sheet, steps

FIXTURES = Path(__file__).parents[1] / "tests/fixtures"


def mnist_test() -> NDArray[np.uint8]:
    """Images of MNIST's test part, uint8 (n, 28, 28)."""
    images = gzip.decompress((FIXTURES / "t10k-images-idx3-ubyte.gz").read_bytes())
    return np.frombuffer(images, np.uint8, offset=16).reshape(-1, 28, 28)


def photo(ink: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Ink on squared paper in uneven light, with a finger in a corner and a sensor's noise."""
    height, width = ink.shape
    rows, columns = np.indices(ink.shape)
    gray = np.full(ink.shape, 225.0)
    gray[(rows % 60 < 2) | (columns % 60 < 2)] = 180
    gray = np.minimum(gray, 225 - ink * (135 / 255))
    gray *= 1.05 - 0.45 * (rows / height + columns / width) / 2
    cv2.ellipse(gray, (0, height), (width // 9, height // 7), 0, 0, 360, 95.0, -1)
    noisy = cv2.GaussianBlur(gray, (0, 0), 1) + np.random.default_rng(1).normal(0, 4, ink.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def main() -> None:
    """Write steps.png and pieces.png."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    options = parser.parse_args()
    images = mnist_test()
    digit = cv2.resize(images[17], (220, 260), interpolation=cv2.INTER_CUBIC)
    one = cv2.imencode(".png", photo(np.pad(digit, ((70, 70), (110, 70)))))[1].tobytes()
    cv2.imwrite(str(options.out / "steps.png"), sheet(list(steps(one))))
    random = np.random.default_rng(4)
    lines = [255 - write(list(images[first : first + 6]), random, place=touching) for first in (0, 30)]
    width = max(line.shape[1] for line in lines)
    page = np.vstack([np.pad(line, ((0, 0), (0, width - line.shape[1]))) for line in lines])
    several = cv2.imencode(".png", 255 - page)[1].tobytes()
    cv2.imwrite(str(options.out / "pieces.png"), pieces(several))


if __name__ == "__main__":
    main()
