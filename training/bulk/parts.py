"""The parts of an answer: one file a chunk, beside the answer, so that a broken run can go on.

A part is written under another name and then renamed: it is there wholly or not at all. It counts as
done where the names in it are those of the chunk that it would be written for, so that a folder in which
pictures were added in the meantime is read anew from there on.
"""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Final, Self

from training.bulk.chunks import Chunk
from training.bulk.errors import AnswersThereError, NoRunError, OtherRunError, RunningError
from training.bulk.forms import Form
from training.bulk.reader import Part
from training.bulk.rows import written

try:
    import fcntl
except ModuleNotFoundError:  # Windows
    fcntl = None  # type: ignore[assignment]

_RUN: Final = "run.json"


class Parts:
    """The folder of a run's parts, this process's alone inside a `with`.

    Args:
        output: The file that the parts will make.
        run: What the run must have in common with one that it goes on from, by name.

    Raises:
        AnswersThereError: The output exists.
        OtherRunError: The folder is another run's.
        NoRunError: Nobody can tell whose it is.
        RunningError: A process that runs has it.
        OSError: The folder cannot be made.
    """

    def __init__(self, output: Path, form: Form, run: Mapping[str, object]) -> None:
        self._output, self._form, self._run = output, form, run
        self.folder = output.with_name(f"{output.name}.parts")
        self._closing = ExitStack()

    def __enter__(self) -> Self:
        """Make the folder, or go on with what is in it."""
        if self._output.exists():
            raise AnswersThereError(self._output, self.folder)
        self.folder.mkdir(exist_ok=True)
        with self._closing as closing:
            self._hold(closing.enter_context((self.folder / "held").open("wb")))
            self._hold_to(self._run)
            self._closing = closing.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Let another process have the folder, if there still is one."""
        self._closing.close()

    def _hold(self, file: BinaryIO) -> None:
        """Keep other processes out until the file is closed, as it is when this one ends, however it does."""
        if fcntl:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunningError(self._output) from None

    def _hold_to(self, run: Mapping[str, object]) -> None:
        file = self.folder / _RUN
        if not file.exists():
            _replace(file, json.dumps(run, indent=2).encode())
        try:
            began = json.loads(file.read_bytes())
        except ValueError as error:
            raise NoRunError(file) from error
        for what, now in run.items():
            if began.get(what) != now:
                raise OtherRunError(self.folder, what, began.get(what), now)

    def done(self, number: int, chunk: Chunk) -> Part | None:
        """What an earlier run wrote for a chunk; None if it did not, or not for these pictures."""
        file = self._file(number)
        left = self._form.read(file) if file.exists() else None
        if left is None or left.sources != tuple(map(written, chunk.sources)):
            return None
        return Part.of(b"", len(left.sources), left.faults)

    def write(self, number: int, part: Part) -> None:
        """Keep a chunk's answers, whatever happens from now on."""
        _replace(self._file(number), part.content)

    def join(self, count: int) -> None:
        """Make the output of the first so many parts, by one rename, and remove the folder."""
        whole = self.folder / "whole"
        self._form.join([self._file(number) for number in range(count)], whole)
        with whole.open("rb") as file:
            os.fsync(file.fileno())
        whole.rename(self._output)
        shutil.rmtree(self.folder)

    def _file(self, number: int) -> Path:
        return self.folder / f"{number:08}{self._output.suffix}"


def _replace(file: Path, content: bytes) -> None:
    new = file.with_name(f"{file.name}.new")
    new.write_bytes(content)
    new.replace(file)
