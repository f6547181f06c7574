"""The corrections in a database: add, delete, list, purge."""

import hashlib
import hmac
import logging
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from digits.corrections.database import told
from digits.corrections.errors import FullError
from digits.corrections.record import Correction
from digits.corrections.schema import corrections

_PAGE: Final = 100

log = logging.getLogger("digits.corrections")

_FIELDS: Final = [corrections.c[name] for name in Correction.__dataclass_fields__]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much is kept at most.

    Attributes:
        count: Corrections.
        total_bytes: Of all their pictures.
    """

    count: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A correction that was added.

    Attributes:
        token: Lets whoever has it delete the correction.
        is_new: Whether the picture was not there before; else it has a new label.
    """

    correction: Correction
    token: str
    is_new: bool


class CorrectionStore:
    """Corrections in a database that has the table; methods raise DatabaseError where it does not answer."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(
        self, picture: bytes, label: str, *, agreed: datetime, limits: Limits, **known: str | int | None
    ) -> Kept:
        """Keep a picture, or give the one that is kept already another label.

        Args:
            picture: A PNG from `digits.corrections.picture.clean`.
            label: One of LABELS.
            agreed: When the person agreed, in UTC.
            limits: How much may be kept in all.
            known: `predicted`, `model_version`, `request_id`, as in `Correction`.

        Raises:
            FullError: There is no room for another.
        """
        correction = Correction(
            id=secrets.token_hex(8),
            label=label,
            agreed=agreed,
            picture_sha256=hashlib.sha256(picture).hexdigest(),
            **known,  # type: ignore[arg-type] # three names of known types
        )
        with told():
            try:
                return self._add(correction, picture, limits)
            except IntegrityError:  # somebody sent the same picture at this moment
                return self._add(correction, picture, limits)

    def _add(self, correction: Correction, picture: bytes, limits: Limits) -> Kept:
        table, values = (
            corrections.c,
            {**asdict(correction), "agreed": correction.agreed.replace(tzinfo=None)},
        )
        with self.engine.begin() as connection:
            there = connection.execute(
                select(table.id, table.token).where(table.picture_sha256 == correction.picture_sha256)
            ).first()
            if there:
                values["id"] = there.id
                connection.execute(update(corrections).where(table.id == there.id).values(values))
                return Kept(_correction(values), there.token, is_new=False)
            _make_sure_of_room(connection, len(picture), limits)
            token = secrets.token_hex(16)
            rest = {"token": token, "picture": picture, "picture_bytes": len(picture)}
            connection.execute(insert(corrections).values({**values, **rest}))
            return Kept(correction, token, is_new=True)

    def delete(self, correction_id: str, token: str | None = None) -> bool:
        """Delete a correction, and say whether there was one.

        Args:
            correction_id: Which.
            token: Must be the correction's; None for the operator, who needs none.
        """
        table = corrections.c
        with told(), self.engine.begin() as connection:
            expected = connection.scalar(select(table.token).where(table.id == correction_id))
            if expected is None or (token is not None and not _equal(expected, token)):
                return False
            connection.execute(delete(corrections).where(table.id == correction_id))
        self._leave_no_trace()
        return True

    def purge(self, before: datetime) -> int:
        """Delete all to which people agreed before that time, in UTC, and say how many."""
        with told(), self.engine.begin() as connection:
            old = corrections.c.agreed < before.replace(tzinfo=None)
            count = connection.execute(delete(corrections).where(old)).rowcount
        self._leave_no_trace()  # also of what was deleted when that could not be
        return count

    def count(self) -> int:
        """How many there are."""
        with told(), self.engine.begin() as connection:
            return connection.scalar(select(func.count()).select_from(corrections)) or 0

    def page(self, after: int = 0, limit: int = _PAGE) -> list[tuple[int, Correction]]:
        """Corrections in the order in which they came, each with its number, after which the next page is."""
        query = select(corrections.c.number, *_FIELDS).where(corrections.c.number > after)
        with told(), self.engine.begin() as connection:
            rows = connection.execute(query.order_by(corrections.c.number).limit(limit)).all()
        return [(row.number, _of(row)) for row in rows]

    def each(self) -> Iterator[tuple[Correction, bytes]]:
        """All corrections with their pictures; others may write between two pages of them."""
        after = 0
        while True:
            query = select(corrections).where(corrections.c.number > after).order_by(corrections.c.number)
            with told(), self.engine.begin() as connection:
                rows = connection.execute(query.limit(_PAGE)).all()
            if not rows:
                return
            yield from ((_of(row), bytes(row.picture)) for row in rows)
            after = rows[-1].number

    @property
    def is_shared(self) -> bool:
        """Whether others than this machine may use the database, and it may be away while this one runs."""
        return self.engine.dialect.name != "sqlite"

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _leave_no_trace(self) -> None:
        """Take what was deleted out of SQLite's log too; if that cannot be now, `purge` does it later."""
        if self.is_shared:
            return
        try:
            connection = self.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                row = cursor.fetchone()
            finally:
                connection.close()
        except (SQLAlchemyError, sqlite3.Error) as error:  # the second is not wrapped here
            log.warning("what was deleted is still in SQLite's log: %s", error)
        else:
            if row and row[0]:  # busy
                log.warning("what was deleted is still in SQLite's log: others are reading")


def _make_sure_of_room(connection: Connection, size: int, limits: Limits) -> None:
    kept = select(func.count(), func.coalesce(func.sum(corrections.c.picture_bytes), 0))
    count, total = connection.execute(kept.select_from(corrections)).one()
    if count >= limits.count or total + size > limits.total_bytes:
        raise FullError(f"{count:,} corrections of {total:,} bytes are kept.")


def _of(row: Row[Any]) -> Correction:
    return _correction({column.name: row._mapping[column] for column in _FIELDS})  # noqa: SLF001 - SQLAlchemy's public name


def _correction(values: dict[str, Any]) -> Correction:
    return Correction(**{**values, "agreed": values["agreed"].replace(tzinfo=UTC)})


def _equal(expected: str, given: str) -> bool:
    return hmac.compare_digest(expected.encode(), given.encode())
