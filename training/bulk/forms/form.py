"""What a form of answers can do."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from training.bulk.rows import Fault, Rows


@dataclass(frozen=True, slots=True)
class Left:
    """What a part says that an earlier run left."""

    sources: tuple[str, ...]
    faults: tuple[Fault, ...]


class Form(Protocol):
    """Writes parts, reads them again, and makes one file of them."""

    def encode(self, rows: Rows) -> bytes:
        """The file of one part."""

    def read(self, part: Path) -> Left | None:
        """What a part says; None if it is not whole."""

    def join(self, parts: Sequence[Path], output: Path) -> None:
        """Make one file of all parts, in their order."""
