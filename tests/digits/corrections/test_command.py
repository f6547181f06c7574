"""`digits-corrections`, and the exports that it writes."""

import subprocess
import sys
import tarfile

import pytest
from corrected import add, new_store, seven, sqlite_url

from digits.corrections.command import main
from digits.corrections.errors import BrokenExportError
from digits.corrections.opening import open_store
from digits.corrections.reading import read_corrections


@pytest.fixture
def url(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITS_CORRECTIONS_URL", sqlite_url(tmp_path))
    return sqlite_url(tmp_path)


@pytest.fixture
def store(url):
    store = new_store(url)
    yield store
    store.close()


@pytest.mark.parametrize("name", ["out.tar", "out"])
def test_what_is_exported_is_read_again(store, url, tmp_path, capsys, name):
    add(store, 20, predicted="1", model_version=2, request_id="abc")
    add(store, 24, label="none")

    assert main(["export", str(tmp_path / name)]) == 0

    assert "2 corrections are in" in capsys.readouterr().out
    exported = list(read_corrections(str(tmp_path / name)))
    assert exported == list(read_corrections(url))
    assert [picture for _, picture in exported] == [seven(20), seven(24)]


@pytest.mark.parametrize("command", [["list"], ["export", "out"], ["delete", "0"], ["purge", "--days", "1"]])
def test_a_file_that_is_not_there_is_said_and_not_made(tmp_path, capsys, command):
    missing = tmp_path / "mistyped.db"

    assert main(["--url", f"sqlite:///{missing}", *command]) == 1

    assert f"There is no file {missing}" in capsys.readouterr().err
    assert not missing.exists()


def test_an_export_has_no_tokens_and_overwrites_nothing(store, tmp_path, capsys):
    kept = add(store)

    assert main(["export", str(tmp_path / "out")]) == 0
    assert main(["export", str(tmp_path / "out")]) == 1

    assert kept.token not in (tmp_path / "out" / "corrections.csv").read_text()
    assert "exists" in capsys.readouterr().err


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda folder: (folder / "corrections.csv").unlink(), id="no-table"),
        pytest.param(lambda folder: (folder / "corrections.csv").write_text("a,b\n1,2\n"), id="other-table"),
        pytest.param(
            lambda folder: (folder / "corrections.csv").write_text(
                (folder / "corrections.csv").read_text().replace(",7,", ",11,")
            ),
            id="no-label",
        ),
        pytest.param(lambda folder: next(folder.glob("pictures/*")).write_bytes(b"x"), id="other-picture"),
        pytest.param(lambda folder: next(folder.glob("pictures/*")).unlink(), id="no-picture"),
    ],
)
def test_a_changed_export_is_refused(store, tmp_path, spoil):
    add(store)
    main(["export", str(tmp_path / "out")])
    spoil(tmp_path / "out")

    with pytest.raises(BrokenExportError, match="digits-corrections export"):
        list(read_corrections(str(tmp_path / "out")))


def test_an_export_cannot_lead_out_of_itself(store, tmp_path):
    kept = add(store)
    main(["export", str(tmp_path / "out")])
    table = tmp_path / "out" / "corrections.csv"
    table.write_text(table.read_text().replace(kept.correction.id, "../../corrections"))

    with pytest.raises(BrokenExportError, match="not a table"):
        list(read_corrections(str(tmp_path / "out")))


def test_what_is_no_tar_or_missing_is_refused(tmp_path):
    (tmp_path / "text").write_text("nothing")
    with tarfile.open(tmp_path / "empty.tar", "w"):
        pass

    for name in ("text", "empty.tar", "missing"):
        with pytest.raises(BrokenExportError, match=name):
            list(read_corrections(str(tmp_path / name)))


def test_lists_deletes_and_purges(store, capsys):
    first, second = add(store, 20, predicted="1"), add(store, 24)

    assert main(["list"]) == 0
    assert capsys.readouterr().out.count("2026-11-25T12:00:00Z") == 2
    assert main(["delete", first.correction.id]) == 0
    assert main(["delete", first.correction.id]) == 1
    assert first.correction.id in capsys.readouterr().err
    assert [each.id for _, each in store.page()] == [second.correction.id]
    assert main(["purge", "--days", "0"]) == 0
    assert store.count() == 0


@pytest.mark.parametrize("days", ["-1", "nan", "inf", "1e9", "a week"])
def test_purges_by_no_days_that_make_no_sense(store, capsys, days):
    add(store)

    with pytest.raises(SystemExit) as ended:
        main(["purge", "--days", days])

    assert ended.value.code == 2
    assert "--days" in capsys.readouterr().err
    assert store.count() == 1


def test_migrates_there_and_back(url, capsys):
    assert main(["migrate"]) == 0
    assert "is at revision 0001" in capsys.readouterr().out
    assert main(["migrate", "--to", "base"]) == 0
    assert main(["list"]) == 1
    assert "digits-corrections migrate" in capsys.readouterr().err
    assert open_store(url).engine.dialect.name == "sqlite"


def test_without_a_url_it_says_where_to_give_one(monkeypatch):
    monkeypatch.delenv("DIGITS_CORRECTIONS_URL", raising=False)

    with pytest.raises(SystemExit, match="DIGITS_CORRECTIONS_URL"):
        main(["list"])


def test_without_the_extra_it_says_how_to_install_it():
    code = (
        "import sys; sys.modules['sqlalchemy'] = None\n"
        "from digits.corrections.command import main\n"
        "sys.exit(main(['--url', 'sqlite:///x.db', 'list']))"
    )

    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "FOLDER[corrections]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_start_fills_no_log_with_what_alembic_has_loaded(tmp_path):
    code = (
        "import logging, sys; logging.basicConfig(level=logging.INFO)\n"
        "from digits.corrections.opening import open_store, prepare\n"
        "prepare(open_store(sys.argv[1]))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code, sqlite_url(tmp_path)], capture_output=True, text=True, check=True
    )

    assert "0001" in ended.stderr, "which migration runs is worth a line"
    assert "plugin" not in ended.stderr
