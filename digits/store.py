"""The model store: `<root>/<name>/<version>/`, the layout TensorFlow Serving reads.

A version is a SavedModel. Beside it, in `assets.extra/` (a place the format reserves), lie its
LiteRT twin and its manifest; a SavedModel that came without them can be served all the same.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from digits.contract import CONTRACT_VERSION
from digits.errors import ContractMismatchError, ModelCorruptError, ModelNotFoundError
from digits.manifest import Manifest
from digits.staging import staging

MODEL_NAME: Final = "digits"
MANIFEST_PATH: Final = "assets.extra/manifest.json"
TWIN_PATH: Final = "assets.extra/model.tflite"


@dataclass(frozen=True, slots=True)
class StoredModel:
    """One version in the store, verified.

    Attributes:
        directory: The SavedModel's folder.
        manifest: What it says about itself; None for a SavedModel that Digits did not publish.
    """

    name: str
    version: int
    directory: Path
    manifest: Manifest | None

    @property
    def twin(self) -> Path | None:
        """The LiteRT twin, if the version has one."""
        path = self.directory / TWIN_PATH
        return path if path.is_file() else None


class ModelStore:
    """Versions of models in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def versions(self, name: str = MODEL_NAME) -> tuple[int, ...]:
        """Numbers of the published versions, lowest first."""
        folder = self.root / name
        if not folder.is_dir():
            return ()
        return tuple(sorted(int(entry.name) for entry in folder.iterdir() if _is_version(entry)))

    def state(self, also: Iterable[int] = (), name: str = MODEL_NAME) -> tuple[object, ...]:
        """What the newest version, and some others, look like from outside; another after any change.

        Their files are not read.
        """
        with suppress(OSError):  # somebody removes one right now: the next look will tell
            there = self.versions(name)
            seen = sorted({*there[-1:], *also} & {*there})
            files = [file for each in seen for file in sorted((self.root / name).glob(f"{each}/**/*"))]
            looks = ((file, file.stat()) for file in files)
            return *seen, *((file, look.st_size, look.st_mtime_ns) for file, look in looks)
        return ()

    def open(self, version: int | Literal["latest"] = "latest", name: str = MODEL_NAME) -> StoredModel:
        """Find a version and verify every file that its manifest names.

        Raises:
            ModelNotFoundError: There is no such version.
            ModelCorruptError: A file is missing or differs from the manifest's SHA-256.
            ContractMismatchError: It was made for another image contract.
        """
        available = self.versions(name)
        number = available[-1] if version == "latest" and available else version
        if number == "latest" or number not in available:
            raise ModelNotFoundError(self.root, name, version, available)
        directory = self.root / name / str(number)
        manifest = _read_manifest(directory)
        if manifest is not None:
            if manifest.contract_version != CONTRACT_VERSION:
                raise ContractMismatchError(
                    directory, f"image contract {manifest.contract_version}", f"{CONTRACT_VERSION}"
                )
            _verify(directory, manifest)
        return StoredModel(name, number, directory, manifest)

    def staging(self, name: str = MODEL_NAME) -> AbstractContextManager[Path]:
        """A folder to build a version in: on the store's disk, unseen by readers, removed at exit."""
        return staging(self.root / name)

    def publish(self, build: Path, manifest: Manifest) -> StoredModel:
        """Make a built SavedModel the newest version, by one rename.

        Args:
            build: The folder from `staging`; it is gone afterwards.
            manifest: Its `version` and `files` are filled in here.

        Raises:
            OSError: The disk is full or read-only; the store is as it was.
        """
        files = {path: sha256(build / path) for path in sorted(_files(build)) if path != MANIFEST_PATH}
        version = max(self.versions(manifest.name), default=0) + 1
        while True:
            final = manifest.model_copy(update={"version": version, "files": files})
            target = build / MANIFEST_PATH
            target.parent.mkdir(exist_ok=True)
            target.write_text(final.model_dump_json(indent=2) + "\n", encoding="utf-8")
            _flush(build)
            directory = self.root / manifest.name / str(version)
            try:
                build.rename(directory)
            except OSError:
                if not directory.exists():
                    raise
                version += 1  # another run published this number first
            else:
                return StoredModel(manifest.name, version, directory, final)


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_version(entry: Path) -> bool:
    return entry.name.isascii() and entry.name.isdigit() and (entry / "saved_model.pb").is_file()


def _files(folder: Path) -> Iterator[str]:
    return (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _flush(folder: Path) -> None:
    """Force the files to disk, so that the rename never outruns them."""
    for path in _files(folder):
        with (folder / path).open("rb") as file:
            os.fsync(file.fileno())


def _read_manifest(directory: Path) -> Manifest | None:
    path = directory / MANIFEST_PATH
    if not path.is_file():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise ModelCorruptError(directory, f"its manifest is invalid ({error}).") from error


def _verify(directory: Path, manifest: Manifest) -> None:
    for path, expected in manifest.files.items():
        if not (directory / path).is_file():
            raise ModelCorruptError(directory, f"{path} is missing.")
        if sha256(directory / path) != expected:
            raise ModelCorruptError(directory, f"{path} is not the file that was published (SHA-256).")
