"""Corrections in a database; with DIGITS_TEST_POSTGRESQL_URL on PostgreSQL too (make corrections-test)."""

import itertools
import os
import sqlite3
import stat
import threading
from datetime import timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from corrected import NOON, ROOM, add, new_store, seven, sqlite_url

from digits.corrections import database
from digits.corrections.database import migrate, newest_revision, revision
from digits.corrections.errors import DatabaseError, FullError, OldTableError
from digits.corrections.opening import open_store, prepare
from digits.corrections.schema import metadata
from digits.corrections.store import Limits

POSTGRESQL = os.environ.get("DIGITS_TEST_POSTGRESQL_URL")


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    if not POSTGRESQL:
        pytest.skip("needs a PostgreSQL to spoil: make corrections-test starts one")
    yield POSTGRESQL
    store = open_store(POSTGRESQL)
    migrate(store.engine, "base")
    store.close()


@pytest.fixture
def store(url):
    store = open_store(url)
    migrate(store.engine)
    yield store
    store.close()


def test_keeps_a_picture_with_all_that_is_known(store):
    kept = add(store, predicted="1", model_version=2, request_id="abc")

    ((correction, picture),) = store.each()
    assert kept.is_new
    assert correction == kept.correction
    assert (correction.label, correction.predicted, correction.model_version) == ("7", "1", 2)
    assert (correction.request_id, correction.agreed) == ("abc", NOON)
    assert picture == seven()


def test_the_same_picture_is_kept_once_with_its_last_label_and_its_first_token(store):
    first = add(store, label="1")
    second = add(store, label="none", agreed=NOON + timedelta(1))

    assert not second.is_new
    assert (second.correction.id, second.token) == (first.correction.id, first.token)
    assert [(each.label, each.agreed) for _, each in store.page()] == [("none", NOON + timedelta(1))]


def test_one_sent_from_many_threads_at_once_is_kept_once(url, store):
    stores = [open_store(url) for _ in range(4)]
    threads = [threading.Thread(target=add, args=(each, 22 + n % 2)) for n, each in enumerate(stores)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in stores:
        each.close()

    assert store.count() == 2


def test_only_who_has_the_token_deletes_and_the_operator(store):
    first, second = add(store, 20), add(store, 24)

    assert not store.delete(first.correction.id, second.token)
    assert not store.delete(first.correction.id, "")
    assert not store.delete("0" * 16, first.token)
    assert store.count() == 2
    assert store.delete(first.correction.id, first.token)
    assert store.delete(second.correction.id)
    assert not store.delete(second.correction.id)
    assert store.count() == 0


@pytest.mark.parametrize(
    "limits",
    [Limits(count=1, total_bytes=10**7), Limits(count=100, total_bytes=len(seven(20)) + 10)],
    ids=["count", "bytes"],
)
def test_a_full_store_takes_no_more_but_labels_anew(store, limits):
    add(store, 20, limits=limits)

    with pytest.raises(FullError):
        add(store, 24, limits=limits)
    assert not add(store, 20, label="1", limits=limits).is_new
    assert store.count() == 1


def test_purges_what_is_old(store):
    add(store, 20, agreed=NOON - timedelta(2))
    add(store, 24)

    assert store.purge(NOON - timedelta(1)) == 1
    assert store.purge(NOON - timedelta(1)) == 0
    assert [each.agreed for _, each in store.page()] == [NOON]


def test_pages_go_on_where_they_ended_whatever_was_deleted(store):
    kept = [add(store, width) for width in range(16, 22)]

    first = store.page(limit=2)
    store.delete(first[-1][1].id)
    second = store.page(after=first[-1][0], limit=10)

    assert [each.id for _, each in first + second] == [each.correction.id for each in kept]


def test_migrations_lead_to_the_schema_and_back(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    add(store)
    assert revision(store.engine) == newest_revision()

    migrate(store.engine, "base")
    assert revision(store.engine) is None
    with pytest.raises(DatabaseError, match="digits-corrections migrate"):
        store.count()

    migrate(store.engine)
    assert store.count() == 0


def test_an_unknown_revision_is_named(store):
    with pytest.raises(DatabaseError, match="9999"):
        migrate(store.engine, "9999")
    assert revision(store.engine) == newest_revision()


def test_what_was_deleted_is_in_no_file_any_more(tmp_path):
    store = new_store(sqlite_url(tmp_path))
    kept = add(store)
    mark = seven()[100:160]
    files = [tmp_path / name for name in ("corrections.db", "corrections.db-wal")]
    assert any(mark in file.read_bytes() for file in files)

    store.delete(kept.correction.id)

    assert not any(mark in file.read_bytes() for file in files)
    store.close()


def test_sqlites_file_is_its_owners_alone(tmp_path):
    add(new_store(sqlite_url(tmp_path)))

    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_waits_for_another_process_that_writes(tmp_path):
    store = new_store(sqlite_url(tmp_path))
    other = sqlite3.connect(tmp_path / "corrections.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, other.execute, ["COMMIT"])
    timer.start()

    assert add(store).is_new
    timer.join()
    other.close()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        pytest.param("nonsense", "cannot be read", id="no-url"),
        pytest.param("mysql://digits:secret@host/name", "kind 'mysql'", id="another-database"),
        pytest.param("sqlite://", "names no file", id="memory"),
        pytest.param("sqlite:////nowhere/at/all.db", "/nowhere/at/all.db cannot be written", id="no-folder"),
        pytest.param("postgresql://digits:secret@host:port/name", "cannot be read", id="no-port"),
    ],
)
def test_says_what_is_wrong_with_a_url_without_its_password(url, reason):
    with pytest.raises(DatabaseError, match=reason) as caught:
        open_store(url)

    assert "secret" not in str(caught.value)


def test_a_database_that_is_away_is_an_error_of_ours_without_its_password():
    store = open_store("postgresql://digits:secret@127.0.0.1:1/digits")

    with pytest.raises(DatabaseError, match="port 1 failed") as caught:
        store.count()

    assert "secret" not in str(caught.value)


def test_a_shared_database_is_migrated_by_its_operator_alone():
    if not POSTGRESQL:
        pytest.skip("needs a PostgreSQL to spoil: make corrections-test starts one")
    store = open_store(POSTGRESQL)
    with pytest.raises(OldTableError, match=r"revision none.*digits-corrections migrate"):
        prepare(store)

    migrate(store.engine)
    prepare(store)
    migrate(store.engine, "base")
    store.close()


def test_room_is_counted_with_what_is_kept_already(tmp_path):
    store = new_store(sqlite_url(tmp_path))
    for width in range(16, 19):
        add(store, width)

    assert store.count() == 3
    with pytest.raises(FullError, match=r"^3 corrections of [\d,]+ bytes are kept"):
        add(store, 30, limits=Limits(count=3, total_bytes=ROOM.total_bytes))


def test_a_deletion_holds_while_others_read_and_the_next_purge_empties_the_log(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(database, "_WAIT_S", 0)
    store = new_store(sqlite_url(tmp_path))
    kept = add(store)
    reader = sqlite3.connect(tmp_path / "corrections.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM corrections").fetchone()

    assert store.delete(kept.correction.id)
    assert "others are reading" in caplog.text

    reader.close()
    assert store.purge(NOON) == 0
    assert (tmp_path / "corrections.db-wal").stat().st_size == 0
    store.close()


def test_a_deletion_holds_where_the_log_cannot_be_emptied(tmp_path, monkeypatch, caplog):
    store = new_store(sqlite_url(tmp_path))
    kept = add(store)

    connect, asked = store.engine.raw_connection, itertools.count(1)

    def fail_after_each_transaction():
        if next(asked) % 2 == 0:
            raise sqlite3.OperationalError("database or disk is full")
        return connect()

    monkeypatch.setattr(store.engine, "raw_connection", fail_after_each_transaction)

    assert store.delete(kept.correction.id)
    assert store.purge(NOON) == 0
    assert caplog.text.count("disk is full") == 2
    store.close()
