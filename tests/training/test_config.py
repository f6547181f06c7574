"""A config is complete, immutable and within its limits; each attribute is a flag."""

import argparse
import dataclasses
import json
import re
from typing import Literal, get_origin

import pytest

from training.config import TrainingConfig
from training.limits import TRAIN_IMAGES
from training.options import DEFAULT_RECIPE, add_options, descriptions, read_options
from training.recipes import RECIPES

DEFAULT = RECIPES[DEFAULT_RECIPE].config
FIELDS = {field.name: getattr(DEFAULT, field.name) for field in dataclasses.fields(DEFAULT)}
SOME = {"corrections_share": 0.25, "rendered_images": 2000, "devices": 32, "spoiled_share": 0.125}
NUMBERS = [name for name, default in FIELDS.items() if type(default) in (int, float)]
CHOICES = [field.name for field in dataclasses.fields(TrainingConfig) if get_origin(field.type) is Literal]


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
    for name in NUMBERS:
        number = type(FIELDS[name])
        yield pytest.param(name, number(-1), id=f"{name}-too-low")
        yield pytest.param(name, number(10**11), id=f"{name}-too-high")
        if number is float:
            yield pytest.param(name, float("nan"), id=f"{name}-not-a-number")
    for name in CHOICES:
        yield pytest.param(name, "tree", id=f"{name}-unknown")
    yield pytest.param("epochs", 0, id="no-epochs")
    yield pytest.param("batch_size", 0, id="no-batch")
    yield pytest.param("weight_averaging", 1.0, id="an-average-that-never-moves")
    yield pytest.param("hidden", (), id="no-hidden-layer")
    yield pytest.param("filters", (32, 64), id="two-convolutions")
    yield pytest.param("filters", (32, 32, 64, 64, 0), id="a-convolution-without-filters")
    yield pytest.param("hidden", (300, 0), id="a-hidden-layer-without-units")


@pytest.mark.parametrize(("name", "value"), list(outside()))
def test_refuses_what_is_out_of_range_by_name(name, value):
    with pytest.raises(ValueError, match=rf"^{name} is '?{re.escape(str(value))}'?; it must be "):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize(
    "beside",
    [{"keep_best": True}, {"patience": 3}, {"validate_steps": 50}],
    ids=lambda beside: next(iter(beside)),
)
def test_keeps_the_best_weights_or_the_average_but_not_both(beside):
    with pytest.raises(ValueError, match=r"^weight_averaging is 0\.9; it must be 0 beside keep_best"):
        TrainingConfig(weight_averaging=0.9, **beside)


def test_spoils_no_more_than_leaves_places():
    with pytest.raises(ValueError, match=r"^spoiled_share is 0\.5; it must be "):
        TrainingConfig(spoiled_share=0.5, rendered_share=0.5625)


def test_leaves_a_place_of_each_batch_for_mnist():
    with pytest.raises(ValueError, match=r"^batch_size is 4; it must be more"):
        TrainingConfig(batch_size=4, spoiled_share=0.9)


@pytest.mark.parametrize("name", ["keep_layers", "freeze_layers"])
def test_keeps_and_freezes_layers_of_another_network_only(name):
    with pytest.raises(ValueError, match=r"^start_from is ''; it must be .* where keep_layers or freeze"):
        TrainingConfig(**{name: 1})


def test_survives_json():
    config = TrainingConfig(hidden=(7, 5), keep_best=True, dropout=0.25)

    assert TrainingConfig.from_json(json.loads(json.dumps(config.as_json()))) == config


@pytest.mark.parametrize(
    ("train_images", "limit"),
    [pytest.param(100, 100, id="some"), pytest.param(0, TRAIN_IMAGES, id="all")],
)
def test_a_batch_is_no_larger_than_the_images_to_train_on(train_images, limit):
    assert TrainingConfig(train_images=train_images, batch_size=limit).batch_size == limit

    with pytest.raises(ValueError, match=rf"^batch_size .* at most {limit}|^batch_size .* to {limit}"):
        TrainingConfig(train_images=train_images, batch_size=limit + 1)


def test_no_flag_gives_the_default_config(parser):
    assert read_options(parser.parse_args([])) == DEFAULT


@pytest.mark.parametrize("name", FIELDS)
def test_every_attribute_has_a_flag_with_its_meaning_and_default(parser, name):
    text = " ".join(parser.format_help().split())
    meaning = descriptions(TrainingConfig)[name]

    default = {False: "no", True: "yes"}[FIELDS[name]] if isinstance(FIELDS[name], bool) else FIELDS[name]
    shown = ",".join(map(str, default)) or "none" if isinstance(default, tuple) else str(default)
    pattern = rf"--{name.replace('_', '-')} .*{re.escape(meaning)} \(default: {re.escape(shown)}\)"
    assert re.search(pattern, text)


@pytest.mark.parametrize(
    ("flag", "name", "value"),
    [
        *(
            pytest.param(f"--{name.replace('_', '-')}={value}", name, value, id=name)
            for name in NUMBERS
            for value in [SOME.get(name, 0.5 if isinstance(FIELDS[name], float) else 99)]
        ),
        pytest.param("--start-from=run.npz", "start_from", "run.npz", id="start-from"),
        pytest.param("--precision=mixed_bfloat16", "precision", "mixed_bfloat16", id="precision"),
        pytest.param("--network=dense", "network", "dense", id="network"),
        pytest.param("--filters=8,8,16,16,32", "filters", (8, 8, 16, 16, 32), id="filters"),
        pytest.param("--hidden=50,20,10", "hidden", (50, 20, 10), id="hidden"),
        pytest.param("--hidden=50", "hidden", (50,), id="one-hidden"),
        pytest.param("--remove-background", "remove_background", True, id="remove-background"),
        pytest.param("--teachers=store/1,store/2", "teachers", ("store/1", "store/2"), id="teachers"),
        pytest.param("--batch-norm", "batch_norm", True, id="batch-norm"),
        pytest.param("--show-test", "show_test", True, id="show-test"),
        pytest.param("--keep-best", "keep_best", True, id="keep-best"),
        pytest.param("--activation=selu", "activation", "selu", id="activation"),
        pytest.param("--initializer=he_normal", "initializer", "he_normal", id="initializer"),
        pytest.param("--optimizer=sgd", "optimizer", "sgd", id="optimizer"),
        pytest.param("--schedule=constant", "schedule", "constant", id="schedule"),
    ],
)
def test_every_flag_sets_its_attribute_and_no_other(parser, flag, name, value):
    beside = {"start_from": "run.npz"} if name in ("keep_layers", "freeze_layers") else {}

    config = read_options(parser.parse_args([flag, *(f"--start-from={path}" for path in beside.values())]))

    assert config == dataclasses.replace(DEFAULT, **{name: value, **beside})


def test_every_attribute_is_set_by_a_flag_above():
    marks = test_every_flag_sets_its_attribute_and_no_other.pytestmark[0].args[1]

    assert {mark.values[1] for mark in marks} == set(FIELDS)


def test_flags_change_the_recipe_that_is_named(parser):
    config = read_options(parser.parse_args(["--recipe", "article", "--no-keep-best", "--epochs", "7"]))

    assert config == dataclasses.replace(RECIPES["article"].config, keep_best=False, epochs=7)


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        pytest.param(["--network", "tree"], "invalid choice: 'tree'", id="unknown-network"),
        pytest.param(["--epochs", "many"], "invalid int value: 'many'", id="no-number"),
        pytest.param(["--epochs", "1.5"], "invalid int value: '1.5'", id="no-whole-number"),
        pytest.param(["--peak-learning-rate"], "expected one argument", id="no-value"),
        pytest.param(["--momentum", "1"], "unrecognized arguments", id="unknown-flag"),
        pytest.param(["--recipe", "tree"], "invalid choice: 'tree'", id="unknown-recipe"),
        pytest.param(["--hidden", "300,many"], "'300,many' is not a list of whole numbers", id="no-numbers"),
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
