"""`digits-serve` as a process, over a real socket."""

import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from pictures import encode
from served_process import ROOT, SERVE, serving

from service.settings import Settings
from service.sharing import FOLDER_VARIABLE


def predict(client, image):
    return client.post("/predict", files={"image": ("digit.png", encode(image), "image/png")})


@pytest.mark.parametrize(
    ("engine", "reason"),
    [
        pytest.param("auto", "LiteRT twin", id="auto"),
        pytest.param("tensorflow", "asked for", id="tensorflow"),
    ],
)
def test_serves_real_digits_and_says_why_by_which_engine(tmp_path, mnist_test, engine, reason):
    images, labels = mnist_test
    log = tmp_path / "log"
    with serving("--engine", engine, log_path=log) as (process, client):
        answers = [predict(client, images[i]).json() for i in range(20)]
        tensorflow_loaded = "tensorflow" in Path(f"/proc/{process.pid}/maps").read_text()

    assert [answer["digit"] for answer in answers] == labels[:20].tolist()
    assert answers[0]["model"]["engine"] == ("litert" if engine == "auto" else engine)
    assert tensorflow_loaded == (engine == "tensorflow")
    assert re.search(rf"engine \w+: .*{reason}", log.read_text())


def test_several_workers_share_port_and_metrics(tmp_path, mnist_test):
    with serving("--workers", "2", log_path=tmp_path / "log") as (_, client):
        while client.get("/metrics").text.count("digits_model_version{") < 2:
            time.sleep(0.02)  # one worker is ready before the other
        for i in range(30):
            headers = {"connection": "close"} if i % 2 else {}
            assert (
                client.post("/predict", content=encode(mnist_test[0][i]), headers=headers).status_code == 200
            )
        counted = 0.0
        while counted < 30:  # an answer is counted once it is out: another worker may be asked before
            text = client.get("/metrics").text
            counted = sum(map(float, re.findall(r'digits_requests_total{[^}]*"/predict"[^}]*} (\S+)', text)))

    assert counted == 30


def test_takes_settings_from_the_environment(tmp_path):
    with serving(log_path=tmp_path / "log", DIGITS_MAX_UPLOAD_BYTES="1000", DIGITS_PROT="1") as (_, client):
        answer = client.post("/predict", content=bytes(5_000_000))

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "DIGITS_PROT is no setting" in (tmp_path / "log").read_text()


def test_finishes_what_it_accepted_when_told_to_stop(tmp_path, mnist_test):
    body = encode(mnist_test[0][0])
    head = f"POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with (
        serving(log_path=tmp_path / "log") as (process, client),
        socket.create_connection((client.base_url.host, client.base_url.port)) as connection,
    ):
        connection.sendall(head.encode() + body[:10])
        time.sleep(0.2)  # the request has begun
        process.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        connection.sendall(body[10:])
        answer = connection.recv(65536)

    assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    ("flags", "status", "complaint"),
    [
        pytest.param(["--model-store", "/nowhere"], 1, "make train", id="no-store"),
        pytest.param(["--model-version", "999"], 1, "999", id="no-such-version"),
        pytest.param(["--port", "0x50"], 2, "--port", id="wrong-port"),
    ],
)
def test_ends_with_a_clear_error_when_it_cannot_serve(flags, status, complaint):
    ended = subprocess.run([SERVE, *flags], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == status
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_names_every_setting():
    ended = subprocess.run([SERVE, "--help"], capture_output=True, text=True, check=True)

    for name in Settings.model_fields:
        assert f"--{name.replace('_', '-')}" in ended.stdout


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ends_with_a_clear_error_where_processes_cannot_count_together(tmp_path, workers):
    (tmp_path / "file").touch()
    environment = {**os.environ, FOLDER_VARIABLE: str(tmp_path / "file")}

    ended = subprocess.run(
        [SERVE, "--workers", workers], cwd=ROOT, capture_output=True, text=True, check=False, env=environment
    )

    assert ended.returncode == 1
    assert f"processes cannot count together in {tmp_path / 'file'} ({FOLDER_VARIABLE})" in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("workers", ["1", "2"])
def test_ends_with_status_1_where_the_port_is_taken(workers):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        flags = ["--workers", workers, "--port", str(taken.getsockname()[1])]
        ended = subprocess.run([SERVE, *flags], cwd=ROOT, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "address already in use" in ended.stderr.lower()
    assert "Traceback" not in ended.stderr
