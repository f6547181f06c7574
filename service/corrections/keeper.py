"""Keeps corrections without holding up anything else: in threads of its own, and few of them."""

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

import anyio
from anyio import to_thread

from digits.corrections.errors import DatabaseError, FullError
from digits.corrections.picture import clean
from digits.corrections.record import Correction
from service.corrections.sent import Sent
from service.errors import (
    CorrectionNotFoundError,
    CorrectionsFullError,
    CorrectionsUnavailableError,
    OverloadedError,
)
from service.settings import Settings

if TYPE_CHECKING:
    from digits.corrections.store import CorrectionStore, Kept

T = TypeVar("T")

_THREADS: Final = 2
_AT_MOST: Final = 16
"""Requests inside: where the database hangs, more would only wait, each with its picture."""

_DAY_S: Final = 24 * 3600

log = logging.getLogger("digits.corrections")


class Keeper:
    """The database of corrections, for routes.

    It has threads and a bound of its own, so that a database that hangs takes nothing from those who ask for
    predictions.
    """

    def __init__(
        self,
        settings: Settings,
        store: "CorrectionStore",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._store = store
        self._now = now
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._inside = 0

    @property
    def days(self) -> int:
        """How long a correction is kept."""
        return self._settings.corrections_days

    async def add(self, picture: bytes, sent: Sent) -> "Kept":
        """Keep a correction to which somebody agrees now.

        Raises:
            ImageError: The picture is unreadable or too large.
            CorrectionsFullError: There is no room for another.
            CorrectionsUnavailableError: The database does not answer.
            OverloadedError: Too many corrections are being kept.
        """
        return await self._do(lambda: self._add(picture, sent))

    def _add(self, picture: bytes, sent: Sent) -> "Kept":
        from digits.corrections.store import Limits

        settings = self._settings
        kept = clean(picture, max_pixels=settings.max_image_pixels)
        limits = Limits(count=settings.corrections_max_count, total_bytes=settings.corrections_max_bytes)
        return self._store.add(kept, agreed=self._now(), limits=limits, **asdict(sent))

    async def delete(self, correction_id: str, token: str | None) -> None:
        """Delete a correction.

        Args:
            correction_id: Which.
            token: The correction's; None for the operator.

        Raises:
            CorrectionNotFoundError: There is none of this id and token.
            CorrectionsUnavailableError: The database does not answer.
            OverloadedError: Too many corrections are being kept.
        """
        if not await self._do(lambda: self._store.delete(correction_id, token)):
            raise CorrectionNotFoundError

    async def page(self, after: int, limit: int) -> list[tuple[int, Correction]]:
        """So many corrections after that number; see `CorrectionStore.page`.

        Raises:
            CorrectionsUnavailableError: The database does not answer.
            OverloadedError: Too many corrections are being kept.
        """
        return await self._do(lambda: self._store.page(after, limit))

    async def look_after(self) -> None:
        """Delete what is too old, now and every day."""
        while True:
            try:
                count = await to_thread.run_sync(self._purge, limiter=self._threads)
                log.info("%d corrections older than %d days were deleted", count, self.days)
            except DatabaseError as error:
                log.error("old corrections cannot be deleted: %s", error)  # noqa: TRY400 - the reason is enough
            await anyio.sleep(_DAY_S)

    def _purge(self) -> int:
        return self._store.purge(self._now() - timedelta(days=self.days))

    async def _do(self, work: Callable[[], T]) -> T:
        if self._inside >= _AT_MOST:
            raise OverloadedError("corrections")
        self._inside += 1
        try:
            return await to_thread.run_sync(work, limiter=self._threads)
        except FullError as error:
            raise CorrectionsFullError from error
        except DatabaseError as error:
            log.error("the database of corrections: %s", error)  # noqa: TRY400 - the reason is enough
            raise CorrectionsUnavailableError from error
        finally:
            self._inside -= 1
