"""Pictures as files: all in a folder and below it, or those that were named."""

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.bulk.chunks import Chunk, Picture, cut
from training.bulk.errors import SourceError
from training.bulk.sources.suffixes import SUFFIXES, is_picture


@dataclass(frozen=True, slots=True)
class FilesChunk:
    """Files, read by whoever gets them.

    Attributes:
        folder: Where the names begin.
    """

    folder: Path
    sources: tuple[str, ...]

    def pictures(self) -> Iterator[Picture]:
        """See `Chunk.pictures`."""
        for name in self.sources:
            try:
                yield (self.folder / name).read_bytes()
            except OSError as error:
                yield error


class Files:
    """Named files, whatever they are."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._names = tuple(map(str, files))
        self.identity = "files"
        self.count = len(files)

    def chunks(self, size: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        for names in cut(self._names, size, lambda name: _bytes(Path(name))):
            yield FilesChunk(Path(), tuple(names))


class Folder:
    """The pictures in a folder and below it, by name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.identity = str(folder.resolve())
        self._names = sorted(_walk(folder))
        self.count = len(self._names)
        if not self._names:
            raise SourceError(
                folder,
                f"no file in it, or below it, has the name of a picture ({', '.join(sorted(SUFFIXES))}).",
            )

    def chunks(self, size: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        for names in cut(self._names, size, lambda name: _bytes(self._folder / name)):
            yield FilesChunk(self._folder, tuple(names))


def _walk(folder: Path) -> Iterator[str]:
    """Names of the pictures, from the folder on; links to folders are not followed, and pipes are no files.

    Raises:
        SourceError: A folder cannot be read.
    """

    def fail(error: OSError) -> None:
        raise SourceError(Path(error.filename), f"{error.strerror}.") from error

    for path, _, names in os.walk(folder, onerror=fail):
        below = os.path.relpath(path, folder)
        for name in filter(is_picture, names):
            if not _is_pipe(os.path.join(path, name)):  # noqa: PTH118 - paths of millions
                yield os.path.normpath(os.path.join(below, name))  # noqa: PTH118


def _is_pipe(file: str) -> bool:
    """Whether reading it would wait for a writer, perhaps for ever."""
    try:
        return stat.S_ISFIFO(os.stat(file).st_mode)  # noqa: PTH116
    except OSError:
        return False  # reading it will say why


def _bytes(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0  # reading it will say why
