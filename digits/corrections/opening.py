"""Opens a database of corrections: here alone SQLAlchemy is asked for, and only when it is needed."""

import logging
from typing import TYPE_CHECKING

from digits.corrections.errors import NotInstalledError, OldTableError

if TYPE_CHECKING:
    from digits.corrections.store import CorrectionStore


def open_store(url: str, *, create: bool = True) -> "CorrectionStore":
    """A store that connects when it is first asked.

    Args:
        url: Of the database.
        create: Whether to make SQLite's file where there is none.

    Raises:
        NotInstalledError: The extra `corrections` is missing.
        DatabaseError: The URL cannot be used, or names a file that is not there.
    """
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # seven lines at each start
    try:
        from digits.corrections.database import connect
        from digits.corrections.store import CorrectionStore

        return CorrectionStore(connect(url, create=create))
    except ModuleNotFoundError as missing:
        raise NotInstalledError(missing.name) from missing


def prepare(store: "CorrectionStore") -> None:
    """Make sure that the table is there and is the one that this code knows.

    A file of SQLite is this machine's alone, so it is migrated at once: there is nobody to ask. A database
    that others share changes only when its operator says so.

    Raises:
        OldTableError: Its operator must migrate it.
        DatabaseError: It does not answer.
    """
    from digits.corrections.database import migrate, newest_revision, revision

    if not store.is_shared:
        migrate(store.engine)
        return
    found, known = revision(store.engine), newest_revision()
    if found != known:
        raise OldTableError(found, known)
