"""A config is complete, immutable and within its limits; each attribute is a flag."""

import argparse
import dataclasses
import re

import pytest

from training.config import TRAIN_IMAGES, TrainingConfig
from training.options import add_options, descriptions, read_options

FIELDS = {field.name: field.default for field in dataclasses.fields(TrainingConfig)}


@pytest.fixture
def parser():
    parser = argparse.ArgumentParser(prog="digits-train")
    add_options(parser)
    return parser


def test_is_immutable():
    with pytest.raises(dataclasses.FrozenInstanceError):
        TrainingConfig().seed = 2


def outside():
    """One value on each wrong side of each number."""
    for name, default in FIELDS.items():
        if name != "network":
            yield pytest.param(name, type(default)(-1), id=f"{name}-too-low")
            yield pytest.param(name, type(default)(10**11), id=f"{name}-too-high")
        if isinstance(default, float):
            yield pytest.param(name, float("nan"), id=f"{name}-not-a-number")
    yield pytest.param("network", "tree", id="network")
    yield pytest.param("epochs", 0, id="no-epochs")
    yield pytest.param("batch_size", 0, id="no-batch")


@pytest.mark.parametrize(("name", "value"), list(outside()))
def test_refuses_what_is_out_of_range_by_name(name, value):
    with pytest.raises(ValueError, match=rf"^{name} is '?{value}'?; it must be "):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize(
    ("train_images", "limit"),
    [pytest.param(100, 100, id="some"), pytest.param(0, TRAIN_IMAGES, id="all")],
)
def test_a_batch_is_no_larger_than_the_images_to_train_on(train_images, limit):
    assert TrainingConfig(train_images=train_images, batch_size=limit).batch_size == limit

    with pytest.raises(ValueError, match=rf"^batch_size .* at most {limit}|^batch_size .* to {limit}"):
        TrainingConfig(train_images=train_images, batch_size=limit + 1)


def test_no_flag_gives_the_default_config(parser):
    assert read_options(parser.parse_args([])) == TrainingConfig()


@pytest.mark.parametrize("name", FIELDS)
def test_every_attribute_has_a_flag_with_its_meaning_and_default(parser, name):
    text = " ".join(parser.format_help().split())
    meaning = descriptions(TrainingConfig)[name]

    pattern = (
        rf"--{name.replace('_', '-')} \S+ {re.escape(meaning)} \(default: {re.escape(str(FIELDS[name]))}\)"
    )
    assert re.search(pattern, text)


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "network"])
def test_every_flag_sets_its_attribute(parser, name):
    value = type(FIELDS[name])(0.5 if isinstance(FIELDS[name], float) else 99)

    config = read_options(parser.parse_args([f"--{name.replace('_', '-')}", str(value)]))

    assert config == dataclasses.replace(TrainingConfig(), **{name: value})


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param(["--network", "tree"], "invalid choice: 'tree'", id="unknown-network"),
        pytest.param(["--epochs", "many"], "invalid int value: 'many'", id="no-number"),
        pytest.param(["--epochs", "1.5"], "invalid int value: '1.5'", id="no-whole-number"),
        pytest.param(["--peak-learning-rate"], "expected one argument", id="no-value"),
        pytest.param(["--momentum", "1"], "unrecognized arguments", id="unknown-flag"),
    ],
)
def test_a_bad_flag_exits_with_2_and_names_it(parser, capsys, flags, complaint):
    with pytest.raises(SystemExit) as ended:
        parser.parse_args(flags)

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert flags[0] in said
    assert complaint in said


class Described:
    """Something.

    Attributes:
        first: In one line.
        second: In two
            lines: with a colon.
    """


def test_reads_descriptions_over_several_lines():
    assert descriptions(Described) == {"first": "In one line.", "second": "In two lines: with a colon."}
