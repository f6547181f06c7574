"""All that a process, here or on another machine, needs to read chunks."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import cv2
import numpy as np

from digits.contract import SIDE
from digits.store import StoredModel
from training.bulk.chunks import Chunk
from training.bulk.forms import Form
from training.bulk.recognition import BATCH, recognize
from training.bulk.rows import Fault
from training.engines import open_outputs
from training.quiet import quiet_tensorflow

SHOWN: Final = 5
"""Faults of a part that go with it; all of them stand in the answers."""


@dataclass(frozen=True, slots=True)
class Part:
    """A chunk's answers as a file, and what to tell of them.

    Attributes:
        content: The file's bytes; empty where an earlier run left the file.
        codes: How many pictures have each fault.
        shown: The first few of them.
    """

    content: bytes
    pictures: int
    codes: Counter[str]
    shown: tuple[Fault, ...]

    @classmethod
    def of(cls, content: bytes, pictures: int, faults: tuple[Fault, ...]) -> "Part":
        """Count the faults."""
        return cls(content, pictures, Counter(fault.code for fault in faults), faults[:SHOWN])


Read: TypeAlias = Callable[[Chunk], Part]


@dataclass(frozen=True, slots=True)
class Reader:
    """Travels to each process, which opens it there.

    Attributes:
        model: A verified version.
    """

    model: StoredModel
    form: Form

    def open(self) -> Read:
        """Load the model into this process, which works on one picture at a time from now on."""
        cv2.setNumThreads(1)
        with quiet_tensorflow():
            engine = open_outputs(self.model)
            engine(np.zeros((BATCH, SIDE, SIDE), np.uint8))  # or it says at its first picture how it runs

        def read(chunk: Chunk) -> Part:
            rows = recognize(chunk, engine)
            return Part.of(self.form.encode(rows), len(rows.sources), tuple(rows.faults.values()))

        return read
