"""A command that lacks a library says in one line how to install it."""

import subprocess
import sys

import pytest

from training import entry

WITHOUT = """
import sys
sys.modules["pooch"] = None
from training import entry
sys.argv = ["digits-train", "--help"]
sys.exit(getattr(entry, "{name}")())
"""


@pytest.mark.parametrize("name", ["train", "evaluate", "search"])
def test_says_how_to_install_what_is_missing(name):
    ended = subprocess.run(
        [sys.executable, "-c", WITHOUT.format(name=name)], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"digits-{name}: pooch is not installed.")
    assert "--extra train" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_hides_no_missing_module_of_its_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "training.commands.runs", None)

    with pytest.raises(ModuleNotFoundError):
        entry.runs()


@pytest.mark.parametrize("name", ["train", "evaluate", "runs", "search"])
def test_runs_the_command(monkeypatch, capsys, name):
    monkeypatch.setattr(sys, "argv", [f"digits-{name}", "--help"])

    with pytest.raises(SystemExit) as ended:
        getattr(entry, name)()

    assert ended.value.code == 0
    assert f"usage: digits-{name}" in capsys.readouterr().out
