"""Corrections from wherever they are: an export, or the database itself."""

from collections.abc import Iterator
from pathlib import Path

from digits.corrections.export import read_export
from digits.corrections.opening import open_store
from digits.corrections.record import Correction


def read_corrections(source: str) -> Iterator[tuple[Correction, bytes]]:
    """All corrections, each with its picture, a PNG.

    Args:
        source: The path of an export, or the URL of a database.

    Raises:
        CorrectionsError: There are none to be had.
    """
    if "://" not in source:
        yield from read_export(Path(source))
        return
    store = open_store(source, create=False)
    try:
        yield from store.each()
    finally:
        store.close()
