"""Answers as Parquet."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES
from training.bulk.arrow import Array, Schema, Table, load_pyarrow
from training.bulk.forms.form import Left
from training.bulk.rows import COLUMNS, Fault, Rows

GROUP_ROWS: Final = 65_536
"""Rows in a row group of the whole file, about."""


class Parquet:
    """See `Form`. `digit` is int8, all other numbers are float32; what is empty in CSV is null.

    Raises:
        NotInstalledError: pyarrow is missing.
    """

    def __init__(self) -> None:
        load_pyarrow()

    def encode(self, rows: Rows) -> bytes:
        """See `Form.encode`."""
        arrow = load_pyarrow()
        sink = arrow.BufferOutputStream()
        arrow.parquet.write_table(_table(rows), sink)
        content: bytes = sink.getvalue().to_pybytes()
        return content

    def read(self, part: Path) -> Left | None:
        """See `Form.read`."""
        arrow = load_pyarrow()
        try:
            table = arrow.parquet.read_table(part, columns=["source", "error_code", "error"])
        except arrow.ArrowInvalid:
            return None
        columns = (column.to_pylist() for column in table.columns)
        lines = list(zip(*columns, strict=True))
        faults = (Fault(source, code, message) for source, code, message in lines if code is not None)
        return Left(tuple(line[0] for line in lines), tuple(faults))

    def join(self, parts: Sequence[Path], output: Path) -> None:
        """See `Form.join`."""
        arrow = load_pyarrow()
        with arrow.parquet.ParquetWriter(output, _schema()) as whole:
            for tables in _gathered(parts):
                whole.write_table(arrow.concat_tables(tables))


def _gathered(parts: Sequence[Path]) -> Iterator[list[Table]]:
    """The parts' tables, so many at a time that they fill a row group."""
    arrow = load_pyarrow()
    tables: list[Table] = []
    for part in parts:
        tables.append(arrow.parquet.read_table(part))
        if sum(table.num_rows for table in tables) >= GROUP_ROWS:
            yield tables
            tables = []
    if tables:
        yield tables


def _schema() -> Schema:
    arrow = load_pyarrow()
    kinds = {
        "source": arrow.string(),
        "digit": arrow.int8(),
        "error_code": arrow.string(),
        "error": arrow.string(),
    }
    return arrow.schema([(name, kinds.get(name, arrow.float32())) for name in COLUMNS])


def _table(rows: Rows) -> Table:
    arrow = load_pyarrow()
    missing = np.array([row in rows.faults for row in range(len(rows.sources))])
    faults = [rows.faults.get(row) for row in range(len(rows.sources))]

    def numbers(values: NDArray[Any] | None) -> Array:
        if values is None:
            return arrow.nulls(len(missing), arrow.float32())
        return arrow.array(values, mask=missing)

    columns = [
        arrow.array(rows.sources, arrow.string()),
        numbers(rows.probabilities.argmax(axis=1).astype(np.int8)),
        numbers(rows.probabilities.max(axis=1)),
        *(numbers(rows.probabilities[:, index].copy()) for index in range(len(CLASSES))),
        numbers(rows.digit_scores),
        arrow.array([fault and fault.code for fault in faults], arrow.string()),
        arrow.array([fault and fault.message for fault in faults], arrow.string()),
    ]
    return arrow.table(columns, schema=_schema())
