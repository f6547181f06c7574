"""Opens the database that the settings name; where they name none, nothing is loaded for it."""

import logging
from typing import TYPE_CHECKING

from digits.corrections.errors import DatabaseError
from digits.corrections.opening import open_store, prepare
from service.settings import Settings

if TYPE_CHECKING:
    from digits.corrections.store import CorrectionStore

log = logging.getLogger("digits.serve")


def open_corrections(settings: Settings) -> "CorrectionStore | None":
    """The store of corrections, which connects when it is first asked; None where none are kept.

    Raises:
        CorrectionsError: It cannot be used.
    """
    return open_store(settings.corrections_url) if settings.corrections_url else None


def prepare_corrections(settings: Settings) -> None:
    """Make sure, once for all processes, that the table is there.

    A database on the network that does not answer yet is no reason not to read pictures.

    Raises:
        CorrectionsError: Corrections could never be kept as things are.
    """
    store = open_corrections(settings)
    if store is None:
        return
    try:
        prepare(store)
    except DatabaseError as error:
        if not store.is_shared:
            raise
        log.warning("corrections cannot be kept yet: %s", error)
    finally:
        store.close()
