"""Where the commands begin: one that lacks a library says how to install it."""

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final

from digits.errors import to_install

_OURS: Final = {"digits", "training"}


def train() -> int:
    """`digits-train`."""
    return _run("digits-train", "training.main")


def evaluate() -> int:
    """`digits-evaluate`."""
    return _run("digits-evaluate", "training.commands.evaluate")


def runs() -> int:
    """`digits-runs`."""
    return _run("digits-runs", "training.commands.runs")


def search() -> int:
    """`digits-search`."""
    return _run("digits-search", "training.commands.search")


def _run(name: str, module: str) -> int:
    """Run a module's `main`; where `make serve` alone has installed things, say what is missing instead."""
    try:
        main: Callable[[], int] = import_module(module).main
        return main()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in _OURS:
            raise
        sys.stderr.write(
            f"{name}: {missing} is not installed. Where make is: make .venv/.train; else "
            f"{to_install('train')}, and the extra tensorflow in the same way.\n"
        )
        return 1
