"""How far a run is: a bar on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Callable
from typing import Final, Protocol

from training import console
from training.bulk.reader import Part

EVERY_S: Final = 30.0
"""Between two lines in a log."""


class Progress(Protocol):
    """Hears of every part."""

    def add(self, part: Part) -> None:
        """A part is done, in this run or in an earlier one."""

    def end(self) -> None:
        """No more will come."""


def watch(count: int | None) -> Progress:
    """A bar if a person looks on and `tqdm` is installed, else lines."""
    if sys.stderr.isatty():
        try:
            return Bar(count)
        except ModuleNotFoundError:
            pass
    return Lines(count)


class Lines:
    """A line every half a minute.

    Args:
        count: Pictures there are; None where nobody knows.
        say: Gets each line.
        now_s: A clock.
    """

    def __init__(
        self,
        count: int | None,
        say: Callable[[str], None] = console.note,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._of = "" if count is None else f" of {count:,}"
        self._say, self._now_s = say, now_s
        self._said_s = self._began_s = now_s()
        self._pictures = self._faults = self._read = 0

    def add(self, part: Part) -> None:
        """See `Progress.add`."""
        self._pictures += part.pictures
        self._faults += part.codes.total()
        self._read += part.pictures if part.content else 0
        if self._now_s() - self._said_s >= EVERY_S:
            self._said_s = self._now_s()
            rate = self._read / (self._said_s - self._began_s)
            self._say(
                f"{self._pictures:,}{self._of} pictures, {self._faults:,} unreadable; {rate:,.0f} a second"
            )

    def end(self) -> None:
        """See `Progress.end`."""


class Bar:
    """A bar of tqdm's.

    Raises:
        ModuleNotFoundError: There is no tqdm.
    """

    def __init__(self, count: int | None) -> None:
        from tqdm import tqdm

        self._bar = tqdm(total=count, unit=" pictures", unit_scale=True, dynamic_ncols=True)
        self._faults = 0

    def add(self, part: Part) -> None:
        """See `Progress.add`."""
        if part.content:
            self._bar.update(part.pictures)
        else:  # an earlier run's: no part of this one's rate
            self._bar.initial += part.pictures
            self._bar.n += part.pictures
        self._faults += part.codes.total()
        self._bar.set_postfix_str(f"{self._faults:,} unreadable", refresh=False)

    def end(self) -> None:
        """See `Progress.end`."""
        self._bar.close()
