"""`digits-predict --output` as a command, in processes of its own."""

import csv
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from served_process import wait_for

from training.commands.predict import SOME_UNREADABLE, main

ROOT = Path(__file__).parents[3]
PREDICT = Path(sys.executable).with_name("digits-predict")


@pytest.fixture
def start():
    """Starts the command in a session of its own; none outlives the test."""
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [PREDICT, *map(str, arguments)],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_reads_a_folder_in_two_processes(start, digit_pictures, tmp_path):
    folder, labels = digit_pictures
    output = tmp_path / "answers.csv"

    process = start(folder, "--output", output, "--workers", 2, "--chunk", 4)
    _, said = process.communicate(timeout=100)

    with output.open(newline="") as file:
        found = {row["source"]: row["digit"] for row in csv.DictReader(file)}
    assert found == {name: str(label) for name, label in labels.items()} | {"0/broken.PNG": ""}
    assert process.returncode == SOME_UNREADABLE
    *before, summary, counts = said.splitlines()  # on a slow machine it tells of its progress too
    assert [line for line in before if line.startswith("0/broken.PNG: The upload is not a picture")]
    assert summary == f"10 of 11 pictures were read; {output} has all answers."
    assert counts == "Not read: unreadable-image 1"


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_a_killed_run_leaves_no_process_and_goes_on(start, digit_pictures, tmp_path):
    files = sorted(digit_pictures[0].rglob("[!.]*.png")) * 300
    output = tmp_path / "answers.csv"
    arguments = [*files, "--output", output, "--workers", 1, "--chunk", 10]

    process = start(*arguments)
    wait_for(lambda: len(list(tmp_path.glob("answers.csv.parts/*.csv"))) > 2)
    process.kill()
    process.wait()

    wait_for(lambda: not _lives(process.pid))
    done = len(list(tmp_path.glob("answers.csv.parts/*.csv")))
    assert not output.exists()
    again = start(*arguments)
    _, said = again.communicate(timeout=100)
    assert f"{done * 10:,} of them in an earlier run" in said
    with output.open(newline="") as file:
        assert [row["source"] for row in csv.DictReader(file)] == [str(file) for file in files]


def _lives(session):
    """Whether any process of a session is left, but those that wait to be forgotten (proc(5), `stat`)."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                return True
    return False


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        pytest.param(["FOLDER"], "is a folder: name a file for the answers with --output", id="no-output"),
        pytest.param(["a.png", "--workers", "2"], "--workers needs --output", id="workers"),
        pytest.param(["a.png", "--name-column", "n"], "--name-column needs --output", id="column"),
        pytest.param(["FOLDER", "--output", "a.txt"], "ends neither with .csv nor with .parquet", id="form"),
        pytest.param(["FOLDER", "--output", "a.csv", "--workers", "0"], "no whole number from 1", id="none"),
        pytest.param(
            ["FOLDER", "--output", "a.csv", "--url", "http://x"], "does not go with --url", id="service"
        ),
    ],
)
def test_refuses_options_that_do_not_go_together(capsys, tmp_path, monkeypatch, arguments, complaint):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FOLDER").mkdir()

    with pytest.raises(SystemExit) as ended:
        main(arguments)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


def test_says_in_one_line_that_there_are_no_pictures(capsys, tmp_path):
    assert main([str(tmp_path / "none"), "--output", str(tmp_path / "a.csv")]) == 1

    assert capsys.readouterr().err == f"digits-predict: {tmp_path}/none: there is no such folder or file.\n"
    assert list(tmp_path.iterdir()) == []
