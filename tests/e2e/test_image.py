"""The default image: what is in it, and that it works confined."""

import json
import site
import socket
from pathlib import Path

import pytest
from containers import answers, build, docker, inspect, running, tried, wait_until
from pictures import encode
from served_process import ROOT

MAX_BYTES_OVER_BASE = 250_000_000
BASE = "python:3.11-slim-bookworm"
NOTHING = [f"--volume=/dev/null:/bin/{shell}:ro" for shell in ("sh", "dash", "bash")]
CONFINED = [
    *NOTHING,
    "--read-only",
    "--tmpfs=/tmp",
    "--cap-drop=ALL",
    "--security-opt=no-new-privileges:true",
    "--pids-limit=256",
    "--memory=1g",
]


@pytest.fixture(scope="module")
def confined(image):
    """A container without shell, capabilities, init or a writable root: its id and a client."""
    with running(image, *CONFINED) as started:
        yield started


def python(image, code, *options):
    return docker("run", "--rm", *options, "--entrypoint", "python", image, "-c", code)


def test_adds_little_to_its_base(image):
    over = inspect("image", image)["Size"] - inspect("image", BASE)["Size"]

    assert 0 < over <= MAX_BYTES_OVER_BASE


def test_holds_the_service_and_its_model_alone(image):
    listing = "import json, os; print(json.dumps([sorted(os.listdir(f)) for f in ('/app', '/app/lib')]))"
    app, lib = json.loads(python(image, listing))

    assert app == [".venv", "bytecode", "healthy.py", "lib", "model_store"]
    assert [name.partition("-")[0] for name in lib] == ["bin", "digits", "digits", "service"]
    assert (
        len(inspect("image", image)["RootFS"]["Layers"]) - len(inspect("image", BASE)["RootFS"]["Layers"])
        == 3
    )


def test_needs_no_root_and_no_shell_by_its_own_declaration(image):
    config = inspect("image", image)["Config"]

    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["digits-serve"]
    assert config["Healthcheck"]["Test"][0] == "CMD"
    assert config["Labels"]["org.opencontainers.image.title"] == "Digits"
    assert config["Labels"]["org.opencontainers.image.base.name"] == BASE


def test_recognizes_and_reads_though_confined(confined, mnist_test):
    _, client = confined
    images, labels = mnist_test
    answered = [client.post("/predict", files={"image": encode(images[i])}).json() for i in range(50)]
    read = client.post("/read", content=(ROOT / "docs/images/number.png").read_bytes()).json()

    assert [answer["digit"] for answer in answered] == labels[:50].tolist()
    assert read["text"] == "90210"


def test_becomes_healthy_though_confined(confined):
    container, _ = confined

    wait_until(lambda: inspect("container", container)["State"]["Health"]["Status"] == "healthy")


def test_runs_as_nobody_and_cannot_write(confined):
    container, _ = confined
    status = docker("exec", container, "python", "-c", "print(open('/proc/1/status').read())")
    writing = "import pathlib; pathlib.Path('/app/written').touch()"
    ended = tried("exec", container, "python", "-c", writing)

    assert "Uid:\t10001\t10001\t10001\t10001" in status
    assert "CapEff:\t0000000000000000" in status
    assert "Read-only file system" in ended.stderr


def test_answers_what_it_accepted_before_sigterm(image, seven):
    length = f"Content-Length: {len(seven)}"
    lines = ("POST /predict HTTP/1.1", "Host: x", "Content-Type: image/png", "Expect: 100-continue", length)
    with running(image, *CONFINED) as (container, client):
        with socket.create_connection(("127.0.0.1", client.base_url.port), timeout=30) as upload:
            upload.sendall("\r\n".join((*lines, "", "")).encode())
            accepted = upload.recv(65536)
            docker("kill", "--signal", "TERM", container)
            wait_until(lambda: not answers(client))
            upload.sendall(seven)
            answer = upload.makefile("rb").read()
        status = docker("wait", container)

    assert accepted.startswith(b"HTTP/1.1 100")
    assert answer.startswith(b"HTTP/1.1 200")
    assert b'"digit":7' in answer
    assert status == "0"


def test_a_start_compiles_no_module(image):
    modules = "service.main, service.app, service.inference.engines.litert"
    ended = tried("run", "--rm", "--entrypoint", "python", image, "-v", "-c", f"import {modules}")
    compiled = [line for line in ended.stderr.splitlines() if line.startswith("# code object from /")]

    assert "import 'service.main'" in ended.stderr
    assert [line for line in compiled if line.endswith(".py")] == []


def test_what_was_taken_out_of_the_packages_is_not_missed(image):
    """Imaging's own tests pass on the image's packages; only pytest and what it needs come from here."""
    code = """
import sys
sys.path.append('/more')
import cv2, pytest
print(cv2.__file__)
sys.exit(pytest.main(sys.argv[1:]))
"""
    arguments = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:cov",
        "-c",
        "/src/pyproject.toml",
        "--ignore=/src/tests/digits/client",
        "--ignore=/src/tests/digits/corrections",  # an extra that this image leaves out
        "/src/tests/digits",
    ]
    mounts = [f"--volume={ROOT}:/src:ro", f"--volume={Path(site.getsitepackages()[0])}:/more:ro"]
    said = docker(
        *(
            "run",
            "--rm",
            "--read-only",
            "--tmpfs=/tmp",
            *mounts,
            "--workdir=/tmp",
            "--entrypoint=python",
            image,
        ),
        *("-c", code, *arguments),
    )

    assert said.startswith("/app/.venv/")
    assert " passed" in said


def test_its_linear_algebra_is_whole(image):
    """OpenCV runs on another LAPACK than the one it came with."""
    code = """
import cv2, numpy as np
a = np.random.default_rng(0).random((300, 300))
values, left, right = cv2.SVDecomp(a)
print(np.abs(left * values.T @ right - a).max(), np.abs(cv2.gemm(a, a, 1, None, 0) - a @ a).max(),
      np.abs(cv2.solve(a, a.sum(axis=1, keepdims=True))[1] - 1).max())
"""

    assert all(float(error) < 1e-9 for error in python(image, code).split())


def test_a_wrong_setting_ends_the_start_with_status_2(image):
    ended = tried("run", "--rm", "--env=DIGITS_PORT=no-port", image)

    assert ended.returncode == 2
    assert "--port" in ended.stderr


def test_another_build_gives_the_same_layers(image):
    again = build("digits-again", "--no-cache")
    try:
        assert inspect("image", again)["RootFS"] == inspect("image", image)["RootFS"]
    finally:
        docker("image", "rm", again)
