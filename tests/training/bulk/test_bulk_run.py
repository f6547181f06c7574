"""A bulk run answers every picture once, whatever breaks it off."""

import csv
import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from digits.store import ModelStore
from training.bulk.errors import AnswersThereError, NoRunError, OtherRunError, RunningError
from training.bulk.forms import FORMS
from training.bulk.progress import EVERY_S, Lines
from training.bulk.reader import Part, Reader
from training.bulk.recognition import recognize
from training.bulk.rows import Fault
from training.bulk.run import run
from training.bulk.sources import open_source
from training.bulk.sources.folder import FilesChunk
from training.engines import open_outputs

STORE = ModelStore(Path(__file__).parents[3] / "model_store")


class Nobody:
    """Looks at no progress."""

    def add(self, part): ...
    def end(self): ...


class Here:
    """Reads in this process, and breaks off after so many chunks."""

    def __init__(self, breaks_after=None):
        self.read = []
        self._breaks_after = breaks_after

    def __call__(self, chunks, reader):
        read = reader.open()
        for number, chunk in chunks:
            if len(self.read) == self._breaks_after:
                raise KeyboardInterrupt
            self.read += chunk.sources
            yield number, read(chunk)


@pytest.fixture
def folder(digit_pictures, tmp_path):
    return Path(shutil.copytree(digit_pictures[0], tmp_path / "folder"))


@pytest.fixture
def output(tmp_path):
    return tmp_path / "answers.csv"


def go(folder, output, here=None, *, version="latest", size=2, progress=None):
    return run(
        open_source([folder]),
        Reader(STORE.open(version), FORMS[output.suffix]()),
        output,
        chunk_size=size,
        spread=here or Here(),
        progress=progress or Nobody(),
    )


def answers(output):
    with output.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("suffix", FORMS)
def test_reads_the_digits_and_lists_what_is_none(folder, output, suffix):
    summary = go(folder, output.with_suffix(suffix))

    assert output.with_suffix(suffix).is_file()
    assert (summary.pictures, summary.codes) == (11, {"unreadable-image": 1})
    assert [fault.source for fault in summary.shown] == ["0/broken.PNG"]


def test_answers_stand_in_the_order_of_the_pictures(folder, output, digit_pictures):
    go(folder, output)

    rows = answers(output)
    labels = digit_pictures[1] | {"0/broken.PNG": ""}
    assert [(row["source"], row["digit"]) for row in rows] == [
        (name, str(labels[name])) for name in sorted(labels)
    ]
    assert [bool(row["error_code"]) for row in rows] == [row["source"] == "0/broken.PNG" for row in rows]
    assert not output.with_name("answers.csv.parts").exists()


def test_goes_on_where_it_was_broken_off(folder, output, tmp_path):
    broken, resumed = Here(breaks_after=4), Here()
    go(folder, tmp_path / "unbroken.csv")

    with pytest.raises(KeyboardInterrupt):
        go(folder, output, broken)
    assert not output.exists()
    summary = go(folder, output, resumed)

    assert len(broken.read) == 4
    assert sorted(broken.read + resumed.read) == [row["source"] for row in answers(output)], "each once"
    assert output.read_bytes() == (tmp_path / "unbroken.csv").read_bytes()
    assert (summary.pictures, summary.before, summary.codes.total()) == (11, 4, 1)


def test_another_process_may_not_work_for_the_same_output(folder, output):
    class Meanwhile(Here):
        def __call__(self, chunks, reader):
            with pytest.raises(RunningError, match="Another process is making"):
                go(folder, output)
            yield from super().__call__(chunks, reader)

    assert go(folder, output, Meanwhile()).pictures == 11
    assert output.exists()


def test_reads_anew_what_was_written_by_halves(folder, output):
    with pytest.raises(KeyboardInterrupt):
        go(folder, output, Here(breaks_after=4))
    part = output.with_name("answers.csv.parts") / "00000001.csv"
    part.write_bytes(part.read_bytes()[:-10])

    assert go(folder, output).before == 2


def test_reads_what_was_added_to_the_folder_in_the_meantime(folder, output):
    with pytest.raises(KeyboardInterrupt):
        go(folder, output, Here(breaks_after=6))
    shutil.copy(folder / "1/1.png", folder / "0/3.png")

    summary = go(folder, output)

    assert summary.before == 2, "the chunk before it is as it was"
    assert "0/3.png" in [row["source"] for row in answers(output)]
    assert len(answers(output)) == summary.pictures == 12


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        pytest.param({"version": 1}, "model was digits 2, not digits 1", id="version"),
        pytest.param({"size": 3}, "chunk was 2, not 3", id="chunk"),
    ],
)
def test_goes_on_from_no_other_run(folder, output, changed, what):
    with pytest.raises(KeyboardInterrupt):
        go(folder, output, Here(breaks_after=2), version=2)

    with pytest.raises(OtherRunError, match=what):
        go(folder, output, **{"version": 2} | changed)


def test_what_a_broken_run_left_may_be_broken_too(folder, output):
    with pytest.raises(KeyboardInterrupt):
        go(folder, output, Here(breaks_after=4))
    (output.with_name("answers.csv.parts") / "run.json").write_bytes(b"")

    with pytest.raises(NoRunError, match="Remove"):
        go(folder, output)


def test_an_archive_that_was_replaced_is_another_run(packed, output, tmp_path):
    archive = Path(shutil.copy(packed("tar"), tmp_path))
    with pytest.raises(KeyboardInterrupt):
        go(archive, output, Here(breaks_after=2))
    archive.write_bytes(archive.read_bytes() + bytes(512))

    with pytest.raises(OtherRunError, match="source was"):
        go(archive, output)


def test_never_writes_over_answers(folder, output):
    output.write_text("dear")

    with pytest.raises(AnswersThereError):
        go(folder, output)

    assert output.read_text() == "dear"


def test_a_picture_on_which_imaging_fails_is_a_row(folder):
    """Whatever a bug of ours raises, the others are read."""

    def find(picture):
        if len(picture) < 20:
            raise ZeroDivisionError("of ours")
        return np.zeros((28, 28), np.uint8)

    names = ("0/0.png", "0/broken.PNG", "1/1.png")
    rows = recognize(FilesChunk(folder, names), open_outputs(STORE.open()), find)

    assert rows.sources == names
    assert rows.faults == {1: Fault("0/broken.PNG", "internal-error", "ZeroDivisionError: of ours")}


def test_a_log_gets_a_line_now_and_then():
    said, now_s = [], iter([0.0, 1.0, EVERY_S + 1, EVERY_S + 1, EVERY_S + 2]).__next__
    lines = Lines(1000, said.append, now_s)
    part = Part(b"...", 310, Counter({"blank-image": 2}), ())

    lines.add(replace(part, content=b""))
    lines.add(part)
    lines.add(part)

    assert said == ["620 of 1,000 pictures, 4 unreadable; 10 a second"]
