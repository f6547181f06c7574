"""Pictures in a column of a Parquet file: bytes, or a struct with them, as Hugging Face's `Image` is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from training.bulk.arrow import DataType, Field, ParquetFile, Schema, load_pyarrow
from training.bulk.chunks import Chunk, Picture
from training.bulk.errors import SourceError

BATCH: Final = 64
"""Rows in memory at a time."""


@dataclass(frozen=True, slots=True)
class RowsChunk:
    """Rows of one row group, read by whoever gets them.

    Whatever stands before them in their group is read too.

    Attributes:
        column: Name of the column with the pictures.
        first: Row in the group, from 0.
    """

    file: Path
    column: str
    group: int
    first: int
    sources: tuple[str, ...]

    def pictures(self) -> Iterator[Picture]:
        """See `Chunk.pictures`."""
        last = self.first + len(self.sources)
        row = 0
        with _opened(self.file, f"row group {self.group}") as file:
            for batch in file.iter_batches(BATCH, row_groups=[self.group], columns=[self.column]):
                wanted = batch.column(0)[max(0, self.first - row) : max(0, last - row)]
                yield from (_picture(value.as_py()) for value in wanted)
                row += len(batch)
                if row >= last:
                    return


class Parquet:
    """The pictures of a file, row by row.

    Args:
        image_column: Name of the column with the pictures; None where there is but one.
        name_column: Name of the column with their names; None for Hugging Face's paths or the rows' numbers.
    """

    def __init__(
        self, file: Path, *, image_column: str | None = None, name_column: str | None = None
    ) -> None:
        self._file = file
        with _opened(file, "the footer") as opened:
            self._groups = [opened.metadata.row_group(i).num_rows for i in range(opened.num_row_groups)]
            schema = opened.schema_arrow
        self._column = _image_column(file, schema, image_column)
        if name_column is not None and name_column not in schema.names:
            raise SourceError(file, f"it has no column {name_column!r}, but {', '.join(schema.names)}.")
        self._name_column = name_column or _path_in(schema.field(self._column))
        self.count = sum(self._groups)
        look = file.stat()
        self.identity = f"{file.resolve()}, {look.st_size} bytes of {look.st_mtime_ns}"
        self.identity += f", {self._column} and {name_column}"

    def chunks(self, size: int) -> Iterator[Chunk]:
        """See `Source.chunks`."""
        before = 0
        for group, rows in enumerate(self._groups):
            names = self._names(group, before, rows)
            for first in range(0, rows, size):
                yield RowsChunk(self._file, self._column, group, first, tuple(names[first : first + size]))
            before += rows

    def _names(self, group: int, before: int, rows: int) -> list[str]:
        numbers = [str(before + row) for row in range(rows)]
        if self._name_column is None:
            return numbers
        with _opened(self._file, f"row group {group}") as file:
            found = [
                name["path"] if isinstance(name, dict) else name
                for name in file.read_row_group(group, columns=[self._name_column]).column(0).to_pylist()
            ]
        return [number if name is None else str(name) for name, number in zip(found, numbers, strict=True)]


@contextmanager
def _opened(path: Path, part: str) -> Iterator[ParquetFile]:
    """A Parquet file of which a part is read.

    Raises:
        SourceError: It cannot be.
    """
    pyarrow = load_pyarrow()
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield file
    except (pyarrow.ArrowException, OSError) as error:
        raise SourceError(
            path, f"it is no Parquet file that can be read, or a broken one: {part} ({error})."
        ) from error


def _image_column(file: Path, schema: Schema, asked: str | None) -> str:
    """The column that holds pictures.

    Raises:
        SourceError: It has none, or several.
    """
    found = [field.name for field in schema if _holds_bytes(field.type)]
    if asked is not None:
        if asked in found:
            return asked
        raise SourceError(
            file, f"its column {asked!r} holds no bytes; these do: {', '.join(found) or 'none'}."
        )
    if len(found) != 1:
        raise SourceError(
            file, f"its columns with bytes are: {', '.join(found) or 'none'}; name one with --image-column."
        )
    return str(found[0])


def _holds_bytes(kind: DataType) -> bool:
    types = load_pyarrow().types
    if types.is_struct(kind):
        return any(
            kind.field(i).name == "bytes" and _holds_bytes(kind.field(i).type) for i in range(kind.num_fields)
        )
    return bool(types.is_binary(kind) or types.is_large_binary(kind))


def _path_in(field: Field) -> str | None:
    """Where Hugging Face's `Image` keeps the name of a picture, if that is what a column holds."""
    inside = [field.type.field(i).name for i in range(field.type.num_fields)]
    return f"{field.name}.path" if "path" in inside else None


def _picture(value: object) -> Picture:
    content = value["bytes"] if isinstance(value, dict) else value
    return content if isinstance(content, bytes) else OSError("The row has no picture.")
