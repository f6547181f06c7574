"""Connections to the database of corrections, SQLite or PostgreSQL, and the migrations of its table."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from digits.corrections.errors import DatabaseError

_WAIT_S: Final = 3
"""Seconds to wait for a connection, for a lock, and (twice that) for a statement: that a database is away
must be noticed before those who ask give up."""

_MIGRATIONS: Final = Path(__file__).with_name("migrations")


def connect(url: str, *, create: bool = True) -> Engine:
    """What opens connections when they are needed; none is opened yet.

    Args:
        url: `sqlite:///relative.db`, `sqlite:////absolute.db` or `postgresql://user:password@host/name`.
        create: Whether to make SQLite's file where there is none.

    Raises:
        DatabaseError: It is no such URL, or SQLite's file is not there or cannot be made.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:  # whose message may show a password
        raise DatabaseError(f"The URL cannot be read. {_URLS}") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed, create=create)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed)
    raise DatabaseError(f"No database of the kind {parsed.get_backend_name()!r} is supported. {_URLS}")


_URLS: Final = "Give sqlite:////absolute/path.db or postgresql://user:password@host/name."


def _sqlite(url: URL, *, create: bool) -> Engine:
    if url.database in {None, "", ":memory:"}:
        raise DatabaseError(f"The URL names no file, and memory keeps nothing. {_URLS}")
    if not create and not Path(str(url.database)).exists():
        raise DatabaseError(f"There is no file {url.database}. digits-corrections migrate makes one.")
    try:
        Path(str(url.database)).touch(mode=0o600)  # what people drew is nobody else's on this machine
    except OSError as error:
        raise DatabaseError(f"SQLite's file {url.database} cannot be written: {error.strerror}.") from error
    engine = create_engine(url.set(drivername="sqlite+pysqlite"), connect_args={"timeout": _WAIT_S})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Let several processes share the file, and leave nothing of what is deleted."""
    connection.isolation_level = None  # transactions begin in `_begin`, which may wait for its turn
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Ask for the right to write at once: a transaction that asks later fails where it could wait."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_pre_ping=True,  # a database that was restarted is none that is away
        pool_size=2,
        max_overflow=0,
        pool_timeout=_WAIT_S,
        connect_args={
            "connect_timeout": _WAIT_S,
            "tcp_user_timeout": 2_000 * _WAIT_S,
            "options": f"-c statement_timeout={2_000 * _WAIT_S} -c lock_timeout={1_000 * _WAIT_S}",
        },
    )


@contextmanager
def told() -> Iterator[None]:
    """Raise what SQLAlchemy raises as an error of ours, in one line."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        reason = " ".join(str(cause).split())[:300].rstrip(".")
        raise DatabaseError(
            f"The database of corrections: {reason}. "
            "If its table is missing or old: digits-corrections migrate."
        ) from error


def migrate(engine: Engine, to: str = "head") -> None:
    """Bring the table to a revision: `head`, the newest; `base`, none at all; or a number.

    Raises:
        DatabaseError: The database does not answer, or there is no such revision.
    """
    config, current = _config(), revision(engine)
    try:
        with told(), engine.begin() as connection:
            config.attributes["connection"] = connection
            down = to == "base" or (to != "head" and current is not None and to < current)
            (command.downgrade if down else command.upgrade)(config, to)
    except CommandError as error:
        raise DatabaseError(f"The migrations: {error}.") from error


def revision(engine: Engine) -> str | None:
    """The revision that the table is at; None where it was never made.

    Raises:
        DatabaseError: The database does not answer.
    """
    with told(), engine.begin() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this code knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
