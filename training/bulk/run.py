"""A bulk run, from a source of pictures to one file of answers, as one readable page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from digits.store import MANIFEST_PATH, StoredModel, sha256
from training.bulk.chunks import Source
from training.bulk.parts import Parts
from training.bulk.processes import Numbered
from training.bulk.progress import Progress
from training.bulk.reader import Part, Reader
from training.bulk.rows import Fault

Spread: TypeAlias = Callable[[Iterable[Numbered], Reader], Iterator[tuple[int, Part]]]
"""Reads chunks somewhere, in any order."""

CHUNK: Final = 512
"""Pictures of a part: a quarter of a second of one core, if they are small."""

SHOWN: Final = 20
"""Faults that are told one by one."""


@dataclass(slots=True)
class Summary:
    """What a run found.

    Attributes:
        codes: How many pictures have each fault.
        shown: The first few faults.
        before: Pictures that an earlier run had read.
    """

    pictures: int = 0
    before: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    shown: list[Fault] = field(default_factory=list)

    def add(self, part: Part) -> None:
        """Count a part."""
        self.pictures += part.pictures
        self.before += 0 if part.content else part.pictures
        self.codes += part.codes
        self.shown += part.shown[: SHOWN - len(self.shown)]

    def lines(self, output: Path) -> Iterator[str]:
        """For people."""
        yield from (f"{fault.source}: {fault.message}" for fault in self.shown)
        unread = self.codes.total()
        if unread > len(self.shown):
            yield f"… and {unread - len(self.shown):,} more: the rows of {output} with an error_code."
        before = f", {self.before:,} of them in an earlier run" if self.before else ""
        read = self.pictures - unread
        yield f"{read:,} of {self.pictures:,} pictures were read{before}; {output} has all answers."
        if unread:
            yield "Not read: " + ", ".join(f"{code} {count:,}" for code, count in self.codes.most_common())


def run(
    source: Source, reader: Reader, output: Path, *, chunk_size: int, spread: Spread, progress: Progress
) -> Summary:
    """Read all pictures that no earlier run has read, and write the answers of all.

    Args:
        source: Where the pictures are.
        reader: Model and form.
        output: Where the answers go, in the source's order; it appears when all are there.
        chunk_size: Pictures of a part at most.
        spread: Who reads.
        progress: Hears of every part.

    Raises:
        BulkError: See its classes; what was answered is kept for the same call.
        OSError: The disk is full, or something cannot be read.
    """
    summary = Summary()
    numbers = 0

    def count(part: Part) -> None:
        summary.add(part)
        progress.add(part)

    def left(parts: Parts) -> Iterator[Numbered]:
        nonlocal numbers
        for number, chunk in enumerate(source.chunks(chunk_size)):
            numbers = number + 1
            if part := parts.done(number, chunk):
                count(part)
            else:
                yield number, chunk

    with Parts(output, reader.form, _in_common(source, reader.model, chunk_size)) as parts:
        try:
            for number, part in spread(left(parts), reader):
                parts.write(number, part)
                count(part)
        finally:
            progress.end()
        parts.join(numbers)
    return summary


def _in_common(source: Source, model: StoredModel, chunk_size: int) -> dict[str, object]:
    """What two runs must share to share parts."""
    manifest = model.directory / MANIFEST_PATH
    return {
        "source": source.identity,
        "model": f"{model.name} {model.version}",
        "files": sha256(manifest if manifest.exists() else model.directory / "saved_model.pb"),
        "chunk": chunk_size,
    }
