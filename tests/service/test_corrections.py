"""Corrections over HTTP: only where they are on, only with consent, and never in anyone's way."""

import asyncio
import hashlib
import os
import subprocess
import sys
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from corrected import NOON, add, new_store, sqlite_url
from pictures import draw_seven, encode
from stub_service import running, until

from digits.corrections.errors import DatabaseError, NotInstalledError
from digits.corrections.opening import open_store
from digits.corrections.picture import clean
from service.corrections.opening import prepare_corrections
from service.settings import Settings

KEY = "the operator's long random string"
ADMIN = {"Authorization": f"Bearer {KEY}"}
KEY_HASH = hashlib.sha256(KEY.encode()).hexdigest()
AGREED = {"label": "7", "consent": "true"}


@asynccontextmanager
async def keeping(store, **changes):
    settings = Settings(admin_key_sha256=KEY_HASH, **changes)
    async with running(settings, corrections_in=store) as client:
        yield client


@pytest.fixture
def store(tmp_path):
    return new_store(sqlite_url(tmp_path))


@pytest.fixture
async def client(store):
    async with keeping(store) as client:
        yield client


async def correct(client, picture, *, headers=None, **fields):
    return await client.post(
        "/corrections", files={"image": picture}, data={**AGREED, **fields}, headers=headers
    )


async def test_without_a_database_a_correction_is_told_that_none_are_kept(seven):
    async with running() as client:
        answer = await correct(client, seven)
        document = (await client.get("/openapi.json")).json()

    assert (answer.status_code, answer.json()["code"]) == (404, "corrections-off")
    assert "DIGITS_CORRECTIONS_URL" in answer.json()["detail"]
    assert not [path for path in document["paths"] if "corrections" in path]


async def test_keeps_what_a_person_says_and_what_was_answered(client, store, seven):
    before = datetime.now(UTC)

    answer = await correct(client, seven, label="1", predicted="7", model_version="2", request_id="abc.1")

    ((kept, picture),) = store.each()
    told = answer.json()
    assert answer.status_code == 201
    assert (told["id"], told["label"], told["delete"]) == (kept.id, "1", f"/corrections/{kept.id}")
    assert (kept.label, kept.predicted, kept.model_version, kept.request_id) == ("1", "7", 2, "abc.1")
    assert before <= kept.agreed <= datetime.now(UTC)
    assert datetime.fromisoformat(told["kept_until"]) == kept.agreed + timedelta(days=180)
    assert picture == clean(seven, max_pixels=10**6)


async def test_the_same_picture_again_is_labeled_anew(client, store, seven):
    first, second = await correct(client, seven, label="1"), await correct(client, seven, label="none")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["token"] == first.json()["token"]
    assert [each.label for _, each in store.page()] == ["none"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        pytest.param({"consent": "false"}, "'consent'", id="not-agreed"),
        pytest.param({"consent": ""}, "'consent'", id="nothing-said"),
        pytest.param({"consent": ["false", "true"]}, "twice", id="agreed-and-not"),
        pytest.param({"label": "10"}, "'label'", id="no-digit"),
        pytest.param({"label": ""}, "'label'", id="no-label"),
        pytest.param({"predicted": "x"}, "'predicted'", id="predicted"),
        pytest.param({"model_version": "-1"}, "'model_version'", id="version"),
        pytest.param({"request_id": "a b\n"}, "'request_id'", id="request-id"),
    ],
)
async def test_refuses_what_lacks_consent_or_a_label(client, store, seven, fields, reason):
    answer = await correct(client, seven, **fields)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-correction")
    assert reason in answer.json()["detail"]
    assert store.count() == 0


async def test_refuses_what_is_no_picture_or_no_form(client, store, seven):
    broken = await correct(client, b"%PDF-1.7")
    missing = await client.post("/corrections", data=AGREED, files={"other": b"x"})
    bare = await client.post("/corrections", content=seven, headers={"content-type": "image/png"})

    assert (broken.status_code, broken.json()["code"]) == (415, "unreadable-image")
    assert (missing.status_code, missing.json()["code"]) == (400, "missing-image")
    assert (bare.status_code, bare.json()["code"]) == (422, "invalid-correction")
    assert store.count() == 0


async def test_uploads_are_bounded_as_all_others(store, seven):
    async with keeping(store, max_upload_bytes=500, api_keys_sha256="") as client:
        large = await correct(client, seven)
    assert (large.status_code, large.json()["code"]) == (413, "body-too-large")


async def test_where_keys_are_asked_for_they_are_here_too(store, seven):
    async with keeping(store, api_keys_sha256=KEY_HASH, key_rate_per_s=0.001) as client:
        answers = [await correct(client, seven, headers=headers) for headers in (None, ADMIN, ADMIN)]

    assert [answer.status_code for answer in answers] == [401, 201, 429]


async def test_the_page_asks_only_where_corrections_are_kept(client):
    async with running() as without:
        silent = (await without.get("/")).text

    assert 'data-corrections="180"' in (await client.get("/")).text
    assert 'data-corrections="0"' in silent


async def test_who_has_the_token_deletes_once(client, store, seven):
    told = (await correct(client, seven)).json()

    without = await client.delete(told["delete"])
    wrong = await client.delete(told["delete"], headers={"Correction-Token": "0" * 32})
    right = await client.delete(told["delete"], headers={"Correction-Token": told["token"]})
    again = await client.delete(told["delete"], headers={"Correction-Token": told["token"]})

    assert [each.status_code for each in (without, wrong, right, again)] == [404, 404, 204, 404]
    assert wrong.json()["code"] == "correction-not-found"
    assert store.count() == 0


async def test_the_operator_deletes_without_a_token(client, store, seven):
    told = (await correct(client, seven)).json()

    assert (await client.delete(told["delete"], headers=ADMIN)).status_code == 204
    assert store.count() == 0


async def test_only_the_operator_lists_and_no_token_is_shown(client, store):
    kept = [add(store, width) for width in (16, 18, 20)]

    refused = await client.get("/corrections")
    first = (await client.get("/corrections?limit=2", headers=ADMIN)).json()
    second = (await client.get(f"/corrections?limit=2&after={first['next']}", headers=ADMIN)).json()

    listed = first["corrections"] + second["corrections"]
    assert refused.status_code == 401
    assert [each["id"] for each in listed] == [each.correction.id for each in kept]
    assert second["next"] is None
    assert "token" not in listed[0]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "after=-1", "after=99999999999"])
async def test_refuses_pages_that_cannot_be(client, query):
    answer = await client.get(f"/corrections?{query}", headers=ADMIN)

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid-request")


async def test_a_full_database_says_so_and_harms_nobody(store, seven):
    async with keeping(store, corrections_max_count=1) as client:
        await correct(client, seven)
        full = await correct(client, encode(draw_seven(width=30)))
        prediction = await client.post("/predict", content=seven)

    assert (full.status_code, full.json()["code"]) == (507, "corrections-full")
    assert prediction.status_code == 200


async def test_old_ones_are_deleted_at_the_start(store):
    add(store, 16, agreed=datetime.now(UTC) - timedelta(days=31))
    add(store, 18, agreed=datetime.now(UTC) - timedelta(days=29))

    async with keeping(store, corrections_days=30):
        for _ in range(1000):
            if store.count() == 1:
                break
            await asyncio.sleep(0.005)

    assert [each.agreed > NOON.replace(year=2000) for _, each in store.page()] == [True]


async def test_a_database_that_is_away_is_told_and_pictures_are_read(seven, caplog):
    store = open_store("postgresql://digits:secret@127.0.0.1:1/digits")
    async with keeping(store) as client:
        kept = await correct(client, seven)
        deleted = await client.delete("/corrections/0123456789abcdef", headers={"Correction-Token": "x"})
        prediction = await client.post("/predict", content=seven)

    assert (kept.status_code, kept.json()["code"]) == (503, "corrections-unavailable")
    assert kept.headers["retry-after"] == "30"
    assert "127.0.0.1" not in kept.text
    assert deleted.status_code == 503
    assert prediction.status_code == 200
    assert "port 1 failed" in caplog.text
    assert "secret" not in caplog.text


async def test_a_table_that_is_missing_is_no_bug_of_ours(tmp_path, seven):
    store = open_store(sqlite_url(tmp_path))
    async with keeping(store) as client:
        answer = await correct(client, seven)

    assert (answer.status_code, answer.json()["code"]) == (503, "corrections-unavailable")


class Hanging:
    """A database that answers when it may."""

    is_shared = True

    def __init__(self):
        self.may_go = threading.Event()

    def purge(self, _):
        return 0

    def delete(self, *_):
        self.may_go.wait()
        raise DatabaseError("it hangs")

    def close(self):
        pass


async def test_a_database_that_hangs_holds_few_and_no_prediction(seven):
    store = Hanging()
    async with keeping(store, max_pending=2) as client:
        waiting = [asyncio.create_task(client.delete("/corrections/x", headers=ADMIN)) for _ in range(16)]
        await until(lambda: client.app.state.corrections._inside == 16)

        refused = await client.delete("/corrections/x", headers=ADMIN)
        prediction = await client.post("/predict", content=seven)
        store.may_go.set()
        answers = await asyncio.gather(*waiting)

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert prediction.status_code == 200
    assert {answer.status_code for answer in answers} == {503}


def run(code, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DIGITS_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
        env={**inherited, **environment},
    )


def test_where_they_are_off_nothing_is_loaded_for_them():
    ended = run(
        "import sys\n"
        "from service.main import application\n"
        "application()\n"
        "print(sorted({'sqlalchemy', 'alembic', 'psycopg', 'sqlite3'} & set(sys.modules)))"
    )

    assert ended.stdout == "[]\n", ended.stderr


def test_without_the_extra_the_start_ends_and_says_how_to_install_it():
    ended = run(
        "import sys, service.main as main\n"
        "sys.modules['sqlalchemy'] = None\n"
        "sys.argv = ['digits-serve', '--engine', 'litert']\n"
        "main.main()",
        DIGITS_CORRECTIONS_URL="sqlite:///x.db",
    )

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1].startswith("digits-serve: ")
    assert "FOLDER[corrections]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_sqlites_table_is_made_at_the_start(tmp_path):
    prepare_corrections(Settings(corrections_url=sqlite_url(tmp_path)))

    assert open_store(sqlite_url(tmp_path)).count() == 0


def test_a_database_that_is_away_at_the_start_is_warned_of(caplog):
    prepare_corrections(Settings(corrections_url="postgresql://digits:secret@127.0.0.1:1/digits"))

    assert "corrections cannot be kept yet" in caplog.text
    assert "secret" not in caplog.text


def test_a_file_that_is_no_database_ends_the_start(tmp_path):
    (tmp_path / "corrections.db").write_text("something else " * 100)

    with pytest.raises(DatabaseError, match="not a database"):
        prepare_corrections(Settings(corrections_url=sqlite_url(tmp_path)))


def test_without_its_driver_postgresql_ends_the_start(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)

    with pytest.raises(NotInstalledError, match=r"psycopg.*--extra corrections"):
        prepare_corrections(Settings(corrections_url="postgresql://127.0.0.1/x"))


def test_two_processes_keep_in_one_file(tmp_path):
    """As several workers do."""
    store = new_store(sqlite_url(tmp_path))
    code = (
        "import sys; sys.path.insert(0, 'tests/support')\n"
        "from corrected import add, open_store\n"
        "store = open_store(sys.argv[1])\n"
        "print(add(store, 9), flush=True)\n"
        "for width in range(10, 40, 2): add(store, width)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, sqlite_url(tmp_path)],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
    ) as other:
        other.stdout.readline()
        for width in range(11, 40, 2):
            add(store, width)

    assert other.returncode == 0
    assert store.count() == 31
