"""`digits-predict` as a command, on the version in the repository's store and on a checkpoint."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from served_process import serving

from training import pipeline
from training.commands.predict import main
from training.config import TrainingConfig

ROOT = Path(__file__).parents[2]
SEVEN = str(ROOT / "docs/images/seven.png")
STORE = ["--model-store", str(ROOT / "model_store")]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What the command sets for TensorFlow ends with the test."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.png"
    path.write_bytes(Path(SEVEN).read_bytes()[:200])
    return str(path)


def predict(capsys, *arguments, status=0):
    assert main(arguments) == status
    return capsys.readouterr().out


def test_shows_a_table(capsys):
    head, *rows = predict(capsys, *STORE, SEVEN, SEVEN).splitlines()

    assert head.split() == ["picture", "digit", "confidence", "else"]
    assert len(rows) == 2
    picture, digit, confidence, *_ = rows[0].split()
    assert (picture, digit) == (SEVEN, "7")
    assert float(confidence.rstrip("%")) > 99


def test_gives_programs_json_alone(capsys):
    (document,) = json.loads(predict(capsys, *STORE, "--json", SEVEN))

    assert (document["picture"], document["digit"]) == (SEVEN, 7)
    assert document["confidence"] == document["probabilities"][7] > 0.99
    assert sum(document["probabilities"]) == pytest.approx(1, abs=1e-5)


def test_reads_the_others_when_one_cannot_be_read(capsys, broken):
    rows = predict(capsys, *STORE, broken, SEVEN, "/nowhere.png", status=1).splitlines()[1:]

    assert rows[0].startswith(f"{broken}  ")
    assert "Send a whole picture" in rows[0]
    assert rows[1].split()[1] == "7"
    assert rows[2].endswith("  No such file or directory")


def test_tells_programs_what_cannot_be_read(capsys, broken):
    first, second = json.loads(predict(capsys, *STORE, "--json", broken, SEVEN, status=1))

    assert set(first) == {"picture", "error"}
    assert second["digit"] == 7


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param([*STORE, "--version=99"], "has no version 99", id="no-such-version"),
        pytest.param(["--model-store=/nowhere"], "/nowhere has no version latest", id="no-store"),
        pytest.param(["--checkpoint=/nowhere.npz"], "/nowhere.npz: it cannot be read", id="no-checkpoint"),
    ],
)
def test_fails_in_one_line_without_a_network(capsys, flags, complaint):
    assert main([*flags, SEVEN]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("digits-predict: ")
    assert complaint in said.err
    assert said.err.count("\n") == 1


def test_reads_by_the_checkpoint_of_a_run(capsys, stand_in, tmp_path):
    config = TrainingConfig(network="dense", hidden=(30,), epochs=3, train_images=2000, dropout=0.0)
    pipeline.train(config, stand_in, {}, lambda _: None, checkpoint=tmp_path / "run.npz")

    (document,) = json.loads(predict(capsys, "--checkpoint", str(tmp_path / "run.npz"), "--json", SEVEN))

    assert document["digit"] == 7


def test_needs_no_tensorflow_for_a_published_version(monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL")
    code = (
        f"import sys; from training.commands.predict import main; main([{SEVEN!r}])\n"
        "print('loaded:', sorted({'tensorflow', 'keras', 'fastapi', 'pooch', 'httpx'} & set(sys.modules)))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert ended.stdout.endswith("loaded: []\n"), ended.stderr
    assert ended.stderr == "", "no engine announces itself"


def test_loads_neither_an_engine_nor_a_client_before_one_is_chosen():
    code = (
        "import sys, training.commands.predict\n"
        "print('loaded:', sorted({'ai_edge_litert', 'httpx'} & set(sys.modules)))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT
    )

    assert ended.stdout == "loaded: []\n", ended.stderr


def test_asks_a_running_service_without_a_model_here(capsys, broken, tmp_path):
    with serving(log_path=tmp_path / "log") as (_, client):
        told = predict(
            capsys,
            "--url",
            str(client.base_url),
            "--json",
            SEVEN,
            broken,
            str(tmp_path / "none"),
            SEVEN,
            status=1,
        )

    seven, unreadable, missing, again = json.loads(told)
    assert (seven["digit"], seven["picture"]) == (7, SEVEN)
    assert seven == again
    assert "Send a whole picture" in unreadable["error"]
    assert missing["error"] == "No such file or directory"


def test_says_that_no_service_is_there(capsys):
    out = predict(capsys, "--url", "http://127.0.0.1:9", SEVEN, status=1)

    assert "No answer" in out


def test_says_what_is_no_address(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--url", "127.0.0.1:8000", SEVEN])

    assert ended.value.code == 2
    assert "http://" in capsys.readouterr().err


def test_without_the_client_it_says_how_to_install_it(capsys, monkeypatch):
    monkeypatch.delitem(sys.modules, "digits.client", raising=False)
    monkeypatch.setitem(sys.modules, "httpx", None)
    for name in ("sync", "aio", "carrying"):
        monkeypatch.delitem(sys.modules, f"digits.client.{name}", raising=False)

    assert main(["--url", "http://127.0.0.1:9", SEVEN]) == 1
    assert "FOLDER[client]" in capsys.readouterr().err
