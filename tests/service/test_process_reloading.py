"""Reloads of real processes, under real load."""

import hashlib
import re
import shutil
import signal
import threading
from contextlib import contextmanager

import httpx
import pytest
from served_process import ROOT, serving, wait_for

KEY = "a long random string"


@pytest.fixture
def store(tmp_path):
    """A store with the served version as version 1."""
    shutil.copytree(ROOT / "model_store/digits/1", tmp_path / "store/digits/1")
    return tmp_path / "store"


def add_version(store, number):
    shutil.copytree(store / "digits/1", store / "digits" / str(number))


@contextmanager
def asking(base_url, picture):
    """Two clients that ask all the while; gives the statuses they got."""
    statuses, stop = [], threading.Event()

    def ask():
        with httpx.Client(base_url=base_url, timeout=30) as client:
            while not stop.is_set():
                statuses.append(client.post("/predict", content=picture).status_code)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def versions(client):
    """What each worker serves."""
    text = client.get("/metrics").text
    return [float(v) for v in re.findall(r"^digits_model_version\S* (\S+)", text, re.MULTILINE)]


@pytest.mark.parametrize("workers", [1, 2])
def test_a_hangup_reloads_every_worker_and_no_request_fails(tmp_path, store, seven, workers):
    log = tmp_path / "log"
    flags = ["--workers", str(workers), "--model-store", str(store)]
    with serving(*flags, log_path=log) as (process, client):
        wait_for(lambda: versions(client) == [1.0] * workers)
        with asking(client.base_url, seven) as statuses:
            for number in (2, 3):
                add_version(store, number)
                process.send_signal(signal.SIGHUP)
                wait_for(lambda: versions(client) == [float(number)] * workers)  # noqa: B023 - called at once
            add_version(store, 4)
            (store / "digits/4/saved_model.pb").write_bytes(b"cut")
            process.send_signal(signal.SIGHUP)
            wait_for(lambda: log.read_text().count("saved_model.pb is not the file") == workers)
        after = versions(client)

    assert after == [3.0] * workers
    assert set(statuses) == {200}
    assert "died" not in log.read_text()


def test_a_reload_over_http_reaches_the_other_workers(tmp_path, store):
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    flags = ["--workers", "2", "--model-store", str(store), "--admin-key-sha256", digest]
    with serving(*flags, log_path=tmp_path / "log") as (_, client):
        wait_for(lambda: versions(client) == [1.0, 1.0])
        add_version(store, 2)
        answer = client.post("/admin/reload", headers={"Authorization": f"Bearer {KEY}"})
        wait_for(lambda: versions(client) == [2.0, 2.0])

    assert answer.json()["model"]["version"] == 2
    assert answer.json()["others_told"] == 1
