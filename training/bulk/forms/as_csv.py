"""Answers as CSV (RFC 4180), in UTF-8, with a head."""

import csv
import io
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from training.bulk.forms.form import Left
from training.bulk.rows import COLUMNS, Fault, Rows

_HEAD: Final = (",".join(COLUMNS) + "\r\n").encode()


class Csv:
    """See `Form`. Numbers have as many figures as give the same float32 again."""

    def encode(self, rows: Rows) -> bytes:
        """See `Form.encode`."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows(_lines(rows))
        return _HEAD + text.getvalue().encode()

    def read(self, part: Path) -> Left | None:
        """See `Form.read`."""
        content = part.read_bytes()
        if not content.startswith(_HEAD) or not content.endswith(b"\r\n"):
            return None
        text = io.StringIO(content.decode(), newline="")
        lines = list(csv.DictReader(text))
        faults = (
            Fault(line["source"], line["error_code"], line["error"]) for line in lines if line["error_code"]
        )
        return Left(tuple(line["source"] for line in lines), tuple(faults))

    def join(self, parts: Sequence[Path], output: Path) -> None:
        """See `Form.join`."""
        with output.open("wb") as whole:
            whole.write(_HEAD)
            for part in parts:
                with part.open("rb") as file:
                    file.seek(len(_HEAD))
                    shutil.copyfileobj(file, whole)


def _lines(rows: Rows) -> Iterator[tuple[object, ...]]:
    empty = ("",) * (len(COLUMNS) - 3)
    for row, source in enumerate(rows.sources):
        if fault := rows.faults.get(row):
            yield (source, *empty, fault.code, fault.message)
            continue
        probabilities = rows.probabilities[row]
        digit = int(probabilities.argmax())
        score = "" if rows.digit_scores is None else str(rows.digit_scores[row])
        yield (source, digit, str(probabilities[digit]), *map(str, probabilities), score, "", "")
