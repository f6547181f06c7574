"""Command-line flags made from the training config, so that each default is written once."""

import inspect
import re
from argparse import ArgumentParser, Namespace
from dataclasses import fields
from typing import get_args

from training.config import TrainingConfig


def add_options(parser: ArgumentParser) -> None:
    """Give the parser a flag for each attribute: `peak_learning_rate` becomes `--peak-learning-rate`."""
    recipe = parser.add_argument_group("the recipe")
    described = descriptions(TrainingConfig)
    for field in fields(TrainingConfig):
        recipe.add_argument(
            f"--{field.name.replace('_', '-')}",
            type=type(field.default),
            default=field.default,
            choices=get_args(field.type) or None,  # of a Literal
            metavar=None if get_args(field.type) else type(field.default).__name__.upper(),
            help=f"{described[field.name].replace('%', '%%')} (default: %(default)s)",
        )


def read_options(options: Namespace) -> TrainingConfig:
    """The config that the parsed flags describe.

    Raises:
        ValueError: One is out of its range.
    """
    return TrainingConfig(**{field.name: getattr(options, field.name) for field in fields(TrainingConfig)})


def descriptions(described: type) -> dict[str, str]:
    """What a class docstring's `Attributes:` section says about each attribute."""
    section = (inspect.getdoc(described) or "").partition("Attributes:\n")[2]
    entries = re.findall(r"^    (\w+): (.+(?:\n {8}.+)*)", section, flags=re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}
