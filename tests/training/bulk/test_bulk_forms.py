"""CSV and Parquet say the same, and a part that is cut off is not taken for whole."""

import csv

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from training.bulk.forms import FORMS, Left
from training.bulk.rows import COLUMNS, Fault, Rows, written

NAME = 'a "quoted", broken\nname.png'
FAULT = Fault(NAME, "blank-image", "Nothing, at all.")
PROBABILITIES = np.random.default_rng(0).dirichlet(np.ones(10), 3).astype(np.float32)
SCORES = np.array([0.25, 0, 1 / 3], np.float32)
ROWS = Rows(("first", NAME, "last"), PROBABILITIES, SCORES, {1: FAULT})

each_form = pytest.mark.parametrize("suffix", FORMS)


def as_lines(path):
    if path.suffix == ".csv":
        with path.open(newline="") as file:
            return [{name: value or None for name, value in line.items()} for line in csv.DictReader(file)]
    table = pa.parquet.read_table(path).to_pylist()
    return [{name: None if value is None else str(value) for name, value in line.items()} for line in table]


@each_form
@pytest.mark.parametrize("scores", [pytest.param(SCORES, id="scores"), pytest.param(None, id="no-scores")])
def test_writes_every_column_exactly(tmp_path, suffix, scores):
    path = tmp_path / f"part{suffix}"
    path.write_bytes(FORMS[suffix]().encode(Rows(ROWS.sources, PROBABILITIES, scores, ROWS.faults)))

    first, fault, last = as_lines(path)

    assert tuple(first) == COLUMNS
    for line, row in ((first, 0), (last, 2)):
        found = [np.float32(line[f"probability_{label}"]) for label in range(10)]
        assert found == PROBABILITIES[row].tolist()
        assert int(line["digit"]) == PROBABILITIES[row].argmax()
        assert np.float32(line["probability"]) == PROBABILITIES[row].max()
        assert (
            line["digit_score"] is None if scores is None else np.float32(line["digit_score"]) == scores[row]
        )
        assert line["error_code"] is line["error"] is None
    assert {name: value for name, value in fault.items() if value is not None} == {
        "source": NAME,
        "error_code": FAULT.code,
        "error": FAULT.message,
    }


@each_form
def test_reads_a_part_again_and_no_piece_of_one(tmp_path, suffix):
    form, path = FORMS[suffix](), tmp_path / "part"
    whole = form.encode(ROWS)

    path.write_bytes(whole)
    assert form.read(path) == Left(ROWS.sources, (FAULT,))

    for size in (0, 20, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert form.read(path) is None, size


@each_form
def test_joins_parts_in_their_order(tmp_path, suffix):
    form, output = FORMS[suffix](), tmp_path / f"whole{suffix}"
    parts = [tmp_path / f"{number}{suffix}" for number in range(3)]
    for number, part in enumerate(parts):
        part.write_bytes(form.encode(Rows((str(number), NAME), PROBABILITIES[:2], None, {1: FAULT})))

    form.join(parts, output)

    assert [line["source"] for line in as_lines(output)] == ["0", NAME, "1", NAME, "2", NAME]


def test_names_that_are_not_unicode_can_be_written():
    assert written(b"\xff.png".decode(errors="surrogateescape")) == r"\udcff.png"
