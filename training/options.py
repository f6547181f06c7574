"""Command-line flags made from the training config, so that each default is written once."""

import inspect
import re
from argparse import SUPPRESS, ArgumentParser, ArgumentTypeError, BooleanOptionalAction, Namespace
from collections.abc import Mapping
from dataclasses import Field, fields, replace
from typing import Any, Final, get_args, get_origin

from training.config import TrainingConfig
from training.recipes import RECIPES

DEFAULT_RECIPE: Final = "pictures"


def add_options(parser: ArgumentParser) -> None:
    """Give the parser a flag for each attribute: `peak_learning_rate` becomes `--peak-learning-rate`."""
    group = parser.add_argument_group("the recipe")
    names = "; ".join(f"{name}: {recipe.about}" for name, recipe in RECIPES.items())
    group.add_argument(
        "--recipe",
        choices=RECIPES,
        default=DEFAULT_RECIPE,
        help=f"what the flags below change; {names} (default: %(default)s, whose values are shown below)",
    )
    described = descriptions(TrainingConfig)
    defaults = RECIPES[DEFAULT_RECIPE].config
    for field in fields(TrainingConfig):
        meaning = described[field.name].replace("%", "%%")
        group.add_argument(
            f"--{field.name.replace('_', '-')}",
            default=SUPPRESS,  # what is not given is the recipe's
            help=f"{meaning} (default: {_shown(getattr(defaults, field.name))})",
            **_reading(field),
        )


def read_options(options: Namespace) -> TrainingConfig:
    """The config that the parsed flags describe.

    Raises:
        ValueError: One is out of its range.
    """
    given = {field.name for field in fields(TrainingConfig)} & vars(options).keys()
    return replace(RECIPES[options.recipe].config, **{name: getattr(options, name) for name in given})


def descriptions(described: type) -> dict[str, str]:
    """What a class docstring's `Attributes:` section says about each attribute."""
    section = (inspect.getdoc(described) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", section, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def _reading(field: "Field[Any]") -> Mapping[str, Any]:
    """How argparse reads a flag of the attribute's type."""
    if field.type is bool:
        return {"action": BooleanOptionalAction}
    if field.type == tuple[str, ...]:
        return {"type": _names, "metavar": "NAME,NAME"}
    if get_origin(field.type) is tuple:
        return {"type": _whole_numbers, "metavar": "INT,INT"}
    if names := get_args(field.type):  # of a Literal
        return {"choices": names}
    return {"type": field.type, "metavar": field.type.__name__.upper()}  # type: ignore[union-attr]


def _whole_numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a list of whole numbers, such as 300,100") from None


def _names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


def _shown(value: object) -> str:
    """A default as a flag would say it."""
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
