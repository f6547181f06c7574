"""What the user named, as a source of pictures."""

import tarfile
from collections.abc import Sequence
from pathlib import Path

from training.bulk.chunks import Source
from training.bulk.errors import SourceError
from training.bulk.sources.folder import Files, Folder
from training.bulk.sources.parquet import Parquet
from training.bulk.sources.suffixes import is_picture
from training.bulk.sources.tar import Tar


def open_source(
    paths: Sequence[Path], *, image_column: str | None = None, name_column: str | None = None
) -> Source:
    """A folder, a tar archive or a Parquet file, or any number of pictures.

    Raises:
        SourceError: There is none, or several of which not all are pictures.
    """
    if len(paths) > 1:
        for path in paths:
            if path.is_dir() or not is_picture(path.name):
                raise SourceError(
                    path, "several pictures may be named, or one folder, archive or Parquet file."
                )
        return Files(paths)
    path = paths[0]
    if (image_column or name_column) and not (path.is_file() and is_parquet(path)):
        raise SourceError(path, "only a Parquet file has columns.")
    if path.is_dir():
        return Folder(path)
    if not path.exists():
        raise SourceError(path, "there is no such folder or file.")
    if is_parquet(path):
        return Parquet(path, image_column=image_column, name_column=name_column)
    if is_picture(path.name):
        return Files(paths)
    if tarfile.is_tarfile(path):
        return Tar(path)
    raise SourceError(path, "it is neither a folder nor a tar archive nor a Parquet file nor a picture.")


def is_parquet(path: Path) -> bool:
    """Whether a file says that it is Parquet, by its name or its first bytes."""
    if path.suffix.lower() == ".parquet":
        return True
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"
