"""Faults of clients, processes and disks around a real `digits-serve`: others are answered all the same."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from listening import HEALTH, post
from served_process import serving

IDLE = int(os.environ.get("IDLE_CONNECTIONS", "1000"))
"""10,000 take seconds: IDLE_CONNECTIONS=10000 make test ARGS="-k idle_connections"."""


def connect(client):
    return socket.create_connection((client.base_url.host, client.base_url.port), timeout=30)


def hear(talk):
    """One JSON answer, or what came before the connection ended."""
    heard = b""
    while not heard.endswith(b"}") and (data := talk.recv(65536)):
        heard += data
    return heard


def ask(client, picture, times=5):
    return [client.post("/predict", content=picture).status_code for _ in range(times)]


def descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def workers(process):
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def scrape(client):
    """Each sample of /metrics, by name and labels, over a connection of its own."""
    lines = httpx.get(f"{client.base_url}/metrics").text.splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {sample: float(value) for sample, value in samples}


def counters(scraped):
    kinds = re.compile(r"\w+_(total|bucket|count|sum)\b")
    return {sample: value for sample, value in scraped.items() if kinds.match(sample)}


def places(scraped):
    """Of the workers that say which model they serve."""
    return {sample for sample in scraped if sample.startswith("digits_model_version{")}


def test_a_stop_refuses_new_clients_and_ends_within_its_limit_whatever_a_slow_one_does(tmp_path, seven):
    with (
        serving("--shutdown-grace-s", "1", log_path=tmp_path / "log") as (process, client),
        connect(client) as slow,
        connect(client) as idle,
    ):
        slow.sendall(post(seven)[:-1])
        idle.sendall(HEALTH)
        hear(idle)
        time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        told_s = time.monotonic()
        rest = idle.recv(65536)
        with pytest.raises(httpx.ConnectError):
            ask(httpx.Client(base_url=client.base_url), seven, 1)
        status = process.wait(20)
        elapsed_s = time.monotonic() - told_s

    assert (rest, status) == (b"", 0)
    assert elapsed_s >= 0.9, "the slow one had its time"


def test_a_killed_worker_fails_its_own_requests_alone_and_is_replaced(tmp_path, seven):
    with serving("--workers", "2", log_path=tmp_path / "log") as (process, client):
        until = time.monotonic() + 60
        while client.get("/metrics").text.count("digits_model_version{") < 2:
            assert time.monotonic() < until, "both serve"
            time.sleep(0.02)
        before = workers(process)
        idle = [descriptors(pid) for pid in before]
        talks = []
        with ExitStack() as stack:
            while not all(  # each opens some files for its counts at its first request
                descriptors(pid) >= n + 8 for pid, n in zip(before, idle, strict=True)
            ):
                assert len(talks) < 500, "both take connections"
                talks.append(stack.enter_context(connect(client)))
                talks[-1].sendall(HEALTH)
                hear(talks[-1])
            counted = scrape(client)
            os.kill(before[0], signal.SIGKILL)
            answers = []
            for talk in talks:
                try:
                    talk.sendall(post(seven))
                    answers.append(hear(talk)[:12])
                except ConnectionError:
                    answers.append(b"")
        fresh = [httpx.post(f"{client.base_url}/predict", content=seven).status_code for _ in range(5)]
        scrapes = [scrape(client)]
        while len(scrapes) < 2 or len(places(scrapes[-1])) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
            scrapes.append(scrape(client))
        after = workers(process)

    assert set(answers) <= {b"", b"HTTP/1.1 200"}
    assert answers.count(b"HTTP/1.1 200") >= 3, "those of the other"
    assert answers.count(b"") >= 3, "its own"
    assert fresh == [200] * 5
    assert len(after) == 2
    assert before[0] not in after
    assert len(places(scrapes[0])) == 1, "a dead worker says nothing of itself"
    assert places(scrapes[-1]) == places(counted), "the next takes its place"
    for earlier, later in pairwise([counted, *scrapes]):
        assert not [each for each, count in counters(earlier).items() if later.get(each, 0) < count]


def test_clients_that_misbehave_and_idle_connections_disturb_nobody(tmp_path, seven):
    patient = ["--head-timeout-s", "60"]
    with serving(*patient, log_path=tmp_path / "log") as (process, client), ExitStack() as stack:
        talks = [stack.enter_context(connect(client)) for _ in range(IDLE)]
        until = time.monotonic() + 30
        while (held := descriptors(process.pid)) < IDLE:
            assert time.monotonic() < until, f"{held} are connected"
            time.sleep(0.02)
        talks[0].sendall(b"GET / HTTP/1.1\r\nA:")
        talks[1].sendall(post(seven)[:-1])
        talks[2].sendall(post(seven)[:-1])
        talks[2].shutdown(socket.SHUT_WR)
        talks[3].sendall(b"\x16\x03\x01 this is TLS, or so")
        talks[4].sendall(post(seven))
        talks[4].close()
        answers = ask(client, seven)
        health = client.get("/health").status_code

    assert answers == [200] * 5
    assert health == 200


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
def test_a_log_on_a_full_disk_does_not_take_the_service_down(seven):
    with serving(log_path=Path("/dev/full")) as (_, client):
        answers = ask(client, seven)
        broken = client.post("/predict", content=b"no picture").status_code

    assert (answers, broken) == ([200] * 5, 415)


def can_unshare():
    tried = ["unshare", "--mount", "mount", "-o", "remount,ro,bind", "/"]
    return shutil.which("unshare") and subprocess.run(tried, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="only root may make a file system read-only")
def test_serves_from_a_read_only_file_system(tmp_path, seven):
    read_only = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -o remount,ro,bind / && ! touch x && exec "$@"',
        "sh",
    ]
    form = {
        "image": ("seven.png", seven + bytes(3_000_000))
    }  # larger than what forms keep in memory by default
    with serving(log_path=tmp_path / "log", launcher=read_only) as (_, client):
        answers = ask(client, seven)
        large = client.post("/predict", files=form).status_code

    assert (answers, large) == ([200] * 5, 200)


def test_a_store_that_goes_away_is_not_missed(tmp_path, seven):
    shutil.copytree(Path(__file__).parents[2] / "model_store/digits/1", tmp_path / "store/digits/1")
    flags = ["--model-store", str(tmp_path / "store"), "--store-poll-s", "0.05"]
    with serving(*flags, log_path=tmp_path / "log") as (process, client):
        shutil.rmtree(tmp_path / "store")
        process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 20
        while "could not be loaded" not in (tmp_path / "log").read_text():
            assert time.monotonic() < until
            time.sleep(0.02)
        answers = ask(client, seven)

    assert answers == [200] * 5


def test_a_worker_that_dies_while_it_is_asked_for_life_is_replaced_at_once(tmp_path):
    log = tmp_path / "log"
    with serving("--workers", "2", log_path=log) as (process, _):
        stuck = workers(process)[0]
        os.kill(stuck, signal.SIGSTOP)
        time.sleep(1.5)  # workers are asked twice a second
        os.kill(stuck, signal.SIGKILL)
        until = time.monotonic() + 20  # to an answer it has 60 s
        while stuck in workers(process) or len(workers(process)) < 2:
            assert time.monotonic() < until
            time.sleep(0.05)
