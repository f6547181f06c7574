"""What every command does alike: lines for people, and errors as one line and an exit status."""

import sys
from collections.abc import Callable
from typing import Final

from digits.errors import DigitsError

FAILED: Final = 1
INTERRUPTED: Final = 130
"""Exit statuses: any failure, and the shell's for Ctrl-C. argparse's own, for a bad option, is 2."""


def say(line: str) -> None:
    """A line on stdout, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def note(line: str) -> None:
    """A line on stderr, beside what a program may read from stdout."""
    sys.stderr.write(f"{line}\n")


def run(name: str, work: Callable[[], None], *, when_interrupted: str = "interrupted") -> int:
    """Do a command's work.

    Args:
        name: The command's, with which its error message begins.
        work: Raises what goes wrong.
        when_interrupted: What Ctrl-C means for the user.

    Returns:
        The exit status.
    """
    try:
        work()
    except (DigitsError, OSError) as error:
        note(f"{name}: {error}")
        return FAILED
    except KeyboardInterrupt:
        note(f"\n{name}: {when_interrupted}.")
        return INTERRUPTED
    return 0
