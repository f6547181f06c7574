"""An export: `corrections.csv` and `pictures/<id>.png` in a folder or a tar file; written, and read again."""

import csv
import hashlib
import io
import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Final

from digits.corrections.errors import BrokenExportError
from digits.corrections.record import LABELS, Correction

TABLE: Final = "corrections.csv"

_COLUMNS: Final = [field.name for field in fields(Correction)]
_ID: Final = re.compile(r"[0-9a-f]{16}")
_MAX_BYTES: Final = 256 * 2**20
"""More than a table of a million corrections has."""

Put = Callable[[str, bytes], object]
Get = Callable[[str], bytes]


def write_export(corrections: Iterable[tuple[Correction, bytes]], path: Path) -> int:
    """Write all corrections with their pictures, and say how many there are.

    Args:
        corrections: Each with its PNG.
        path: A new tar file, if it ends in .tar, or else a new folder.

    Raises:
        OSError: It exists, or cannot be written.
    """
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, _COLUMNS)
    table.writeheader()
    count = 0
    with _new(path) as put:
        for correction, picture in corrections:
            put(_place(correction.id), picture)
            table.writerow({**asdict(correction), "agreed": correction.agreed.isoformat()})
            count += 1
        put(TABLE, text.getvalue().encode())
    return count


@contextmanager
def _new(path: Path) -> Iterator[Put]:
    if path.suffix != ".tar":
        path.mkdir(mode=0o700, parents=True)
        (path / "pictures").mkdir()
        yield lambda name, content: (path / name).write_bytes(content)
        return
    path.touch(mode=0o600, exist_ok=False)
    with tarfile.open(path, "w") as tar:

        def put(name: str, content: bytes) -> None:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))

        yield put


def read_export(path: Path) -> Iterator[tuple[Correction, bytes]]:
    """The corrections of an export, each with its picture; nothing is unpacked.

    Raises:
        BrokenExportError: It is none, or something was changed.
    """
    with _open(path) as get:
        try:
            rows = list(csv.DictReader(io.StringIO(get(TABLE).decode(), newline="")))
            corrections = [_parsed(row) for row in rows]
        except (KeyError, TypeError, ValueError) as error:
            raise BrokenExportError(path, f"{TABLE} is not a table of corrections") from error
        for correction in corrections:
            picture = get(_place(correction.id))
            if hashlib.sha256(picture).hexdigest() != correction.picture_sha256:
                raise BrokenExportError(path, f"{_place(correction.id)} is not the picture that was exported")
            yield correction, picture


@contextmanager
def _open(path: Path) -> Iterator[Get]:
    try:
        if path.is_dir():
            yield lambda name: (path / name).read_bytes()
            return
        with tarfile.open(path, "r:") as tar:
            yield lambda name: _member(tar, name)
    except (tarfile.TarError, KeyError, OSError) as error:
        raise BrokenExportError(path, f"it is no whole export ({error})") from error


def _member(tar: tarfile.TarFile, name: str) -> bytes:
    member = tar.getmember(name)
    file = tar.extractfile(member)
    if file is None or member.size > _MAX_BYTES:
        raise KeyError(name)
    return file.read()


def _place(correction_id: str) -> str:
    return f"pictures/{correction_id}.png"


def _parsed(row: dict[str, str]) -> Correction:
    if not _ID.fullmatch(row["id"]) or row["label"] not in LABELS:
        raise ValueError(row)
    return Correction(
        id=row["id"],
        label=row["label"],
        agreed=datetime.fromisoformat(row["agreed"]),
        picture_sha256=row["picture_sha256"],
        predicted=row["predicted"] or None,
        model_version=int(row["model_version"]) if row["model_version"] else None,
        request_id=row["request_id"] or None,
    )
