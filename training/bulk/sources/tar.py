"""Pictures in a tar archive, compressed or not."""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tarfile import InvalidHeaderError, ReadError, TruncatedHeaderError  # type: ignore[attr-defined]
from typing import Self

from training.bulk.chunks import Chunk, Picture, cut
from training.bulk.errors import SourceError
from training.bulk.sources.suffixes import is_picture


@dataclass(frozen=True, slots=True)
class PlacesChunk:
    """Places in an archive that is not compressed, read by whoever gets them.

    Attributes:
        places: First byte and bytes of each picture.
    """

    archive: Path
    sources: tuple[str, ...]
    places: tuple[tuple[int, int], ...]

    def pictures(self) -> Iterator[Picture]:
        """See `Chunk.pictures`."""
        with self.archive.open("rb") as file:
            for first, size in self.places:
                file.seek(first)
                yield file.read(size)


@dataclass(frozen=True, slots=True)
class BytesChunk:
    """The pictures themselves, since one must have unpacked all before to find them."""

    sources: tuple[str, ...]
    contents: tuple[bytes, ...]

    def pictures(self) -> Iterator[Picture]:
        """See `Chunk.pictures`."""
        return iter(self.contents)


class _Member(tarfile.TarInfo):
    """A member whose header, if damaged, does not pass for the archive's end, as `tarfile` has it."""

    @classmethod
    def fromtarfile(cls, tarfile: tarfile.TarFile) -> Self:
        """Read the next header.

        Raises:
            tarfile.ReadError: It is damaged.
        """
        try:
            return super().fromtarfile(tarfile)
        except (InvalidHeaderError, TruncatedHeaderError) as error:
            raise ReadError(str(error)) from error


class Tar:
    """The pictures in an archive, in its order."""

    count = None

    def __init__(self, archive: Path) -> None:
        self._archive = archive
        look = archive.stat()
        self.identity = f"{archive.resolve()}, {look.st_size} bytes of {look.st_mtime_ns}"
        self.compressed = not _is_plain(archive)

    def chunks(self, size: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        return self._unpacked(size) if self.compressed else self._places(size)

    def _places(self, size: int) -> Iterator[Chunk]:
        for members in cut(self._members("r:"), size, lambda member: member[0].size):
            infos = [info for info, _ in members]
            places = tuple((info.offset_data, info.size) for info in infos)
            yield PlacesChunk(self._archive, tuple(info.name for info in infos), places)

    def _unpacked(self, size: int) -> Iterator[Chunk]:
        for members in cut(self._members("r|*"), size, lambda member: member[0].size):
            yield BytesChunk(
                tuple(info.name for info, _ in members), tuple(content for _, content in members)
            )

    def _members(self, mode: str) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
        """Each picture, with its content where the archive is read as a stream.

        Raises:
            SourceError: The archive is broken.
        """
        found = 0
        try:
            with tarfile.open(  # type: ignore[call-overload] # one of two modes
                self._archive, mode, tarinfo=_Member
            ) as archive:
                for info in archive:
                    archive.members = []  # or it remembers every one
                    if info.isreg() and is_picture(info.name):
                        file = archive.extractfile(info) if mode == "r|*" else None
                        found += 1
                        yield info, file.read() if file else b""
        except (tarfile.TarError, EOFError, OSError) as error:
            raise SourceError(
                self._archive, f"the archive is broken after {found:,} pictures ({error})."
            ) from error
        if not found:
            raise SourceError(self._archive, "no file in it has the name of a picture.")


def _is_plain(archive: Path) -> bool:
    try:
        with tarfile.open(archive, "r:"):
            return True
    except tarfile.ReadError:
        return False
