"""What can go wrong with corrections.

DigitsError
└── CorrectionsError
    ├── NotInstalledError       corrections-not-installed   the extra `corrections` is missing
    ├── DatabaseError           corrections-database        the database does not answer as it should
    ├── OldTableError           corrections-table           the table must be migrated first
    ├── FullError               corrections-store-full      as many corrections are kept as may be
    └── BrokenExportError       broken-export               an export is no such thing, or was changed
"""

from pathlib import Path

from digits.errors import DigitsError, to_install


class CorrectionsError(DigitsError):
    """Corrections cannot be kept or read."""


class NotInstalledError(CorrectionsError):
    """The packages that talk to databases are missing."""

    code = "corrections-not-installed"
    title = "The extra for corrections is not installed."

    def __init__(self, missing: str | None) -> None:
        super().__init__(
            f"Corrections are kept in a database, and {missing} is not installed: "
            f"{to_install('corrections')}."
        )


class DatabaseError(CorrectionsError):
    """The database of corrections cannot be asked, or does not have the tables it should have."""

    code = "corrections-database"
    title = "The database of corrections does not answer as it should."


class OldTableError(CorrectionsError):
    """The table of corrections is not there, or is of another version of Digits."""

    code = "corrections-table"
    title = "The table of corrections must be migrated."

    def __init__(self, found: str | None, known: str | None) -> None:
        super().__init__(
            f"The table of corrections is at revision {found or 'none'}; this version of Digits needs "
            f"{known}. Run digits-corrections migrate."
        )


class FullError(CorrectionsError):
    """As many corrections, or bytes of them, are kept as may be."""

    code = "corrections-store-full"
    title = "The database of corrections is full."


class BrokenExportError(CorrectionsError):
    """What should be an export is none, or was changed."""

    code = "broken-export"
    title = "The export cannot be read."

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}. Export the corrections again with digits-corrections export.")
