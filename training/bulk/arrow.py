"""pyarrow, which only Parquet needs, and names for its untyped things."""

from typing import Any, TypeAlias

from training.errors import NotInstalledError

Library: TypeAlias = Any
Table: TypeAlias = Any
Schema: TypeAlias = Any
Field: TypeAlias = Any
DataType: TypeAlias = Any
Array: TypeAlias = Any
ParquetFile: TypeAlias = Any


def load_pyarrow() -> Library:
    """The library, with its Parquet part.

    Raises:
        NotInstalledError: It is missing.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet
    except ModuleNotFoundError as error:
        raise NotInstalledError("pyarrow, which reads and writes Parquet,", "bulk") from error
    return pa
