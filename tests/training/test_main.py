"""`digits-train` as a command: its exit statuses, and what it says."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from stand_in_mnist import load_stand_in

from digits.errors import ModelNotFoundError
from digits.store import ModelStore
from training.main import main

ONE_STEP = ["--recipe=conv", "--epochs=1", "--train-images=64", "--min-accuracy=0", "--no-report"]
STAND_IN = Path(load_stand_in.__code__.co_filename)


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What `main` sets for TensorFlow ends with the test."""
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "store")


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param(["--momentum", "1"], "--momentum", id="unknown-flag"),
        pytest.param(["--network", "tree"], "--network", id="unknown-network"),
        pytest.param(["--epochs", "0"], "epochs is 0", id="out-of-range"),
        pytest.param(["--peak-learning-rate", "nan"], "peak_learning_rate is nan", id="not-a-number"),
        pytest.param(["--train-images", "10"], "batch_size is 64", id="too-few-images"),
    ],
)
def test_a_bad_option_exits_with_2_and_is_named(capsys, store, flags, complaint):
    with pytest.raises(SystemExit) as ended:
        main(["--model-store", str(store.root), *flags], load=load_stand_in)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err
    assert not store.root.exists()


def test_fails_in_one_line_without_mnist_where_it_should_be(capsys, store, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_MNIST_DIR", str(tmp_path / "nowhere"))

    status = main(["--model-store", str(store.root)])

    assert status == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"digits-train: {tmp_path}/nowhere has neither train-images-idx3-ubyte nor")
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert not store.root.exists()


def test_looks_for_mnist_where_it_is_told_to(tmp_path, monkeypatch):
    asked = []

    def load(folder, cache, *, say):  # noqa: ARG001 - load_mnist's signature
        asked.append((folder, cache))
        raise OSError("enough")

    for folder in ("mine", ""):
        monkeypatch.setenv("DIGITS_MNIST_DIR", folder)
        assert main(["--cache", str(tmp_path)], load=load) == 1

    assert asked == [(Path("mine"), tmp_path), (None, tmp_path)]


def test_fails_in_one_line_before_it_trains_when_the_store_cannot_be(capsys, tmp_path):
    (tmp_path / "file").touch()

    status = main(["--model-store", str(tmp_path / "file" / "store"), *ONE_STEP], load=load_stand_in)

    assert status == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"digits-train: {tmp_path}/file/store: ")
    assert "--model-store" in said.err
    assert said.err.count("\n") == 1
    assert "Training" not in said.out


def test_says_where_a_run_left_its_report(capsys, tmp_path):
    flags = ["--runs", str(tmp_path / "runs"), "--model-store", str(tmp_path / "store"), *ONE_STEP[:-1]]

    assert main(flags, load=load_stand_in) == 0

    (folder,) = (tmp_path / "runs").iterdir()
    assert f"The run's history and report are in {folder}." in capsys.readouterr().out
    assert (folder / "report.html").is_file()


def test_publishes_the_next_version(published_again):
    assert published_again.version == 2


QUICK_ARTICLE = ["--recipe=article", "--epochs=1", "--train-images=50", "--min-accuracy=0"]


@pytest.mark.parametrize(
    ("flags", "versions"),
    [
        pytest.param([], 0, id="left-alone"),
        pytest.param(["--publish"], 1, id="asked-to-publish"),
        pytest.param(["--model-store=model_store"], 1, id="given-a-store"),
    ],
)
def test_a_recipe_for_learning_publishes_only_when_asked(capsys, tmp_path, monkeypatch, flags, versions):
    monkeypatch.chdir(tmp_path)

    assert main([*QUICK_ARTICLE, *flags], load=load_stand_in) == 0

    assert len(ModelStore(tmp_path / "model_store").versions()) == versions
    said = capsys.readouterr().out
    assert "test accuracy " in said
    assert ("Nothing is published unless --publish asks for it." in said) == (versions == 0)


def test_a_recipe_for_serving_is_published_unless_told_not_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    quick = [*ONE_STEP, "--recipe=pictures", "--rendered-share=0", "--network=dense", "--hidden=5"]

    assert main([*quick, "--no-publish"], load=load_stand_in) == 0
    assert not (tmp_path / "model_store").exists()

    assert main(quick, load=load_stand_in) == 0
    assert ModelStore(tmp_path / "model_store").versions() == (1,)


def test_help_answers_without_tensorflow():
    code = (
        "import sys, training.main\n"
        "try: training.main.main(['--help'])\n"
        "finally: print('loaded:', sorted({'tensorflow', 'keras', 'ai_edge_litert'} & set(sys.modules)))\n"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.returncode == 0
    assert "--peak-learning-rate" in ended.stdout
    assert "DIGITS_MNIST_DIR" in ended.stdout
    assert ended.stdout.endswith("loaded: []\n")


def start(store, *flags, **environment):
    """`digits-train` on the stand-in, as a process."""
    inherited = {name: value for name, value in os.environ.items() if name != "TF_CPP_MIN_LOG_LEVEL"}
    return subprocess.Popen(
        [sys.executable, STAND_IN, "--model-store", store.root, *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**inherited, **environment},
    )


def interrupt_in_an_epoch(process):
    said = iter(process.stdout.readline, "")
    assert any(line.startswith("epoch") for line in said), process.stderr.read()
    process.send_signal(signal.SIGINT)


def kill_while_staging(process, store):
    while not list(store.root.glob("digits/.staging-*/model/saved_model.pb")):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.001)
    process.kill()


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    """An interrupted and a killed run, ended and each with its store; together, for the sake of time."""
    stores = [ModelStore(tmp_path_factory.mktemp(name)) for name in ("interrupted", "killed")]
    with (
        start(stores[0], *ONE_STEP, "--epochs=9999", KERAS_BACKEND="jax") as interrupted,
        start(stores[1], *ONE_STEP) as killed,
    ):
        try:
            kill_while_staging(killed, stores[1])
            interrupt_in_an_epoch(interrupted)
            errors = interrupted.communicate(timeout=60)[1]
        finally:
            interrupted.kill()
            killed.kill()
    return {"interrupted": (interrupted, stores[0], errors), "killed": (killed, stores[1], None)}


@pytest.mark.slow
def test_ctrl_c_ends_a_run_with_130_and_leaves_nothing(ended):
    process, store, errors = ended["interrupted"]

    assert process.returncode == 130
    assert errors.endswith("\ndigits-train: interrupted; nothing was published.\n")
    assert "Traceback" not in errors
    assert list((store.root / "digits").iterdir()) == []


@pytest.mark.slow
def test_tensorflow_announces_nothing(ended):
    _, _, errors = ended["interrupted"]

    assert "oneDNN" not in errors
    assert "absl::InitializeLog" not in errors


@pytest.mark.slow
def test_a_killed_run_leaves_nothing_that_passes_for_a_version(ended):
    process, store, _ = ended["killed"]

    assert process.returncode == -signal.SIGKILL
    assert [path.name[:9] for path in (store.root / "digits").iterdir()] == [".staging-"]
    assert store.versions() == ()
    with pytest.raises(ModelNotFoundError):
        store.open()


@pytest.mark.slow
def test_the_next_run_sweeps_what_a_killed_one_left(ended):
    _, store, _ = ended["killed"]

    with store.staging():
        assert len(list((store.root / "digits").iterdir())) == 1

    assert list((store.root / "digits").iterdir()) == []


def test_a_run_that_breaks_off_keeps_its_state_and_says_how_to_go_on(capsys, tmp_path):
    flags = [
        "--recipe=dense-modern",
        "--hidden=20",
        "--train-images=128",
        "--min-accuracy=0",
        f"--runs={tmp_path}",
    ]

    def break_off(*_):
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.pipeline.calibrate_on_validation", break_off)
        assert main([*flags, "--epochs=1"], load=load_stand_in) == 130

    (state,) = tmp_path.glob("*/checkpoint.npz")
    assert f"The same command with --checkpoint {state} goes on" in capsys.readouterr().out
    assert main([*flags, "--epochs=1", f"--checkpoint={state}"], load=load_stand_in) == 0
    assert f"Going on from {state}, at its end." in capsys.readouterr().out
