"""`digits-evaluate` as a command, on the version in the repository's store."""

import json
from pathlib import Path

import pytest
from stand_in_mnist import load_stand_in

from training.commands.evaluate import main

STORE = ["--model-store", str(Path(__file__).parents[2] / "model_store")]
QUICK = [*STORE, "--images=100", "--corruptions", "shear"]


def evaluate(capsys, *flags):
    status = main(flags, load=load_stand_in)
    said = capsys.readouterr()
    assert status == 0, said.err
    return said.out


def test_shows_a_table(capsys):
    table = evaluate(capsys, *QUICK)

    assert table.startswith("Version ")
    assert "on 100 MNIST test images, with 95 % intervals" in table
    for row in (
        "accuracy",
        "with 10 labels corrected",
        "negative log",
        "Brier",
        "calibration",
        "shear",
        "mean",
    ):
        assert row in table


def test_compares_with_another_version(capsys):
    table = evaluate(capsys, *QUICK, "--against=1", "--version=1")

    assert "Against version 1: 0 images right only here, 0 only there" in table
    assert "p = 1" in table


def test_gives_programs_json_alone(capsys):
    document = json.loads(evaluate(capsys, *QUICK, "--json", "--against=1"))

    assert document["accuracy"]["images"] == 100
    assert document["corruptions"]["shear"] == document["corruptions_mean"]
    assert document["against"]["version"] == 1
    assert set(document["scores"]) == {"accuracy", "nll", "brier", "ece"}


def test_measures_no_corruption_when_none_is_named(capsys):
    assert "corruption" not in evaluate(capsys, *STORE, "--images=100", "--corruptions")
    assert "corruptions_mean" not in json.loads(
        evaluate(capsys, *STORE, "--images=9", "--corruptions", "--json")
    )


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param(["--images=0"], "--images", id="no-images"),
        pytest.param(["--corruptions", "rain"], "rain", id="unknown-corruption"),
    ],
)
def test_a_bad_option_exits_with_2_and_is_named(capsys, flags, complaint):
    with pytest.raises(SystemExit) as ended:
        main(flags, load=load_stand_in)

    assert ended.value.code == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(["--version=999"], id="version"),
        pytest.param(["--against=999"], id="against"),
    ],
)
def test_a_version_that_is_not_there_fails_in_one_line(capsys, flags):
    assert main([*STORE, *flags], load=load_stand_in) == 1

    said = capsys.readouterr().err
    assert said.startswith("digits-evaluate: ")
    assert "no version 999" in said
    assert said.count("\n") == 1
