"""What can go wrong with a whole bulk run; a bad picture is a row of its answers.

DigitsError
└── BulkError
    ├── SourceError         bad-source        there is no such file, or no picture in it
    ├── AnswersThereError   answers-there     the file for the answers exists already
    ├── OtherRunError       other-run         a broken run began with something else
    ├── NoRunError          no-run            what a broken run left is broken itself
    ├── RunningError        running           another process is at the same output
    └── WorkersEndedError   workers-ended     a process broke off
"""

from pathlib import Path

from digits.errors import DigitsError


class BulkError(DigitsError):
    """The run broke off; what it had answered is kept."""

    code = "bulk-failed"
    title = "The pictures could not all be read."


class SourceError(BulkError):
    """No pictures can be had from there."""

    code = "bad-source"
    title = "No pictures can be had from there."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")


class AnswersThereError(BulkError):
    """A file of answers is never written over."""

    code = "answers-there"
    title = "The file for the answers exists already."

    def __init__(self, output: Path, left: Path) -> None:
        rest = f" {left} is left of the run that wrote it, and of no more use." if left.exists() else ""
        super().__init__(f"{output} is there already. Name another file, or remove it.{rest}")


class OtherRunError(BulkError):
    """What a broken run left does not fit this one."""

    code = "other-run"
    title = "A broken run began with something else."

    def __init__(self, folder: Path, what: str, began: object, now: object) -> None:
        super().__init__(
            f"{folder} is left of a broken run whose {what} was {began}, not {now}. "
            "Give the same to go on with it; remove the folder, or name another --output, to begin anew."
        )


class NoRunError(BulkError):
    """What a broken run left does not tell what it was."""

    code = "no-run"
    title = "What a broken run left is broken itself."

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} of a broken run cannot be read. "
            f"Remove {file.parent}, or name another --output, to begin anew."
        )


class RunningError(BulkError):
    """Another process works for the same output."""

    code = "running"
    title = "Another process works for the same output."

    def __init__(self, output: Path) -> None:
        super().__init__(f"Another process is making {output}. Wait for it, or name another --output.")


class WorkersEndedError(BulkError):
    """A process broke off, most likely killed for memory."""

    code = "workers-ended"
    title = "A process broke off."

    def __init__(self) -> None:
        super().__init__(
            "A process broke off, as one does that is killed or has no memory left. "
            "The same command goes on from what was answered. Fewer --workers, or a smaller --chunk, "
            "need less memory."
        )
