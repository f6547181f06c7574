"""`digits-serve` as a process of its own."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
SERVE = Path(sys.executable).with_name("digits-serve")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(*flags, log_path, launcher=(), **environment):
    """A started service, started by a launcher if one is given: its process and a client."""
    port = free_port()
    with log_path.open("w") as log:
        process = subprocess.Popen(
            [*launcher, SERVE, "--port", str(port), *flags],
            cwd=ROOT,
            stderr=log,
            env={**os.environ, **environment},
        )
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
                _wait_until_ready(client, process)
                yield process, client
        finally:
            process.terminate()
            assert process.wait(20) == 0


def wait_for(condition):
    """Wait for what the service is about to do."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _wait_until_ready(client, process):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, "digits-serve ended early"
        try:
            if client.get("/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError("not ready within 60 s")
