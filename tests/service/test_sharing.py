"""Several processes count together, whichever of them die."""

import errno
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest

from service.metrics import Metrics
from service.sharing import FOLDER_VARIABLE, file_of_workers, prepare_folder

WORKER = """
from service.metrics import Metrics
from service.sharing import count_together
count_together()
metrics = Metrics()
metrics.serving(3)
metrics.predicted(7, 0.99)
print("counted", flush=True)
input()
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such locks")


@contextmanager
def worker(folder):
    """A process that has counted one seven, and lives until it is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, FOLDER_VARIABLE: str(folder)},
    ) as process:
        assert process.stdout.readline() == b"counted\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def sevens_and_places(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))

    def read():
        text = Metrics().exposition().decode()
        sevens = re.search(r'^digits_predictions_total{digit="7"} (\S+)', text, re.MULTILINE)
        return float(sevens[1]), sorted(re.findall(r'^digits_model_version{pid="(\d+)"}', text, re.MULTILINE))

    return read


def test_a_killed_worker_leaves_its_counts_and_its_place_to_the_next(tmp_path, sevens_and_places):
    with worker(tmp_path) as first, worker(tmp_path):
        assert sevens_and_places() == (2, ["0", "1"])
        first.send_signal(signal.SIGKILL)
        first.wait()
        assert sevens_and_places() == (2, ["1"])
        with worker(tmp_path):
            assert sevens_and_places() == (3, ["0", "1"])

    assert sevens_and_places() == (3, [])
    assert len(list(tmp_path.glob("*.db"))) == 2 * 4


def test_a_folder_is_made_and_what_an_earlier_process_of_this_number_told_is_forgotten(tmp_path):
    folder = tmp_path / "of" / "counts"
    prepare_folder(folder, 2)
    file_of_workers(folder, os.getpid()).write_bytes(b"stale")

    prepare_folder(folder, 2)

    assert list(folder.iterdir()) == []


def test_a_folder_without_room_is_refused_before_anything_is_mapped_into_it(tmp_path, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("tempfile.TemporaryFile", full)

    with pytest.raises(OSError, match="No space left"):
        prepare_folder(tmp_path, 2)
