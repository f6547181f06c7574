"""MNIST's four files: their names, their checksums, and how to read one."""

import gzip
import hashlib
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import SIDE, DigitImages

TRAIN_IMAGES: Final = "train-images-idx3-ubyte"
TRAIN_LABELS: Final = "train-labels-idx1-ubyte"
TEST_IMAGES: Final = "t10k-images-idx3-ubyte"
TEST_LABELS: Final = "t10k-labels-idx1-ubyte"

SHA256: Final[Mapping[str, str]] = MappingProxyType(
    {
        TRAIN_IMAGES: "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        TRAIN_LABELS: "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        TEST_IMAGES: "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        TEST_LABELS: "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    }
)
"""Of the uncompressed bytes: gzip stores names and times too, which differ from mirror to mirror."""

_IMAGES_HEADER_BYTES: Final = 16  # magic number, count, height, width
_LABELS_HEADER_BYTES: Final = 8  # magic number, count


class FileRefusedError(Exception):
    """A file is missing, cut, or not the one that LeCun, Cortes and Burges published."""


def read_checked(path: Path, expected_sha256: str) -> bytes:
    """The uncompressed bytes of an IDX file, gzipped or not, checked.

    Raises:
        FileRefusedError: It cannot be read, or it is another file.
    """
    try:
        content = path.read_bytes()
        if content.startswith(b"\x1f\x8b"):
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise FileRefusedError(f"{path} cannot be read ({error})") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected_sha256:
        raise FileRefusedError(
            f"{path} is not MNIST's: its {len(content):,} uncompressed bytes have "
            f"SHA-256 {found}, not {expected_sha256}"
        )
    return content


def find(folder: Path, name: str) -> Path:
    """Where a folder keeps a file: under its name, or gzipped with `.gz` after it."""
    for path in (folder / name, folder / f"{name}.gz"):
        if path.is_file():
            return path
    raise FileRefusedError(f"{folder} has neither {name} nor {name}.gz")


def images(content: bytes) -> DigitImages:
    """The images of a checked IDX file, shape (n, SIDE, SIDE)."""
    return np.frombuffer(content, np.uint8, offset=_IMAGES_HEADER_BYTES).reshape(-1, SIDE, SIDE)


def labels(content: bytes) -> NDArray[np.uint8]:
    """The labels of a checked IDX file, shape (n,)."""
    return np.frombuffer(content, np.uint8, offset=_LABELS_HEADER_BYTES)
