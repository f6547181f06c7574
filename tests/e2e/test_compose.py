"""`docker compose up`, seen from outside."""

import time

import httpx
import pytest
from containers import Project, answers, inspect, tried, up, wait_until
from pictures import encode
from served_process import free_port

from digits.store import ModelStore


@pytest.fixture
def project(store, request):
    """The default profile on a free port, with a store of its own."""
    environment = {
        "DIGITS_PORT": str(free_port()),
        "DIGITS_MODEL_STORE": str(store),
        "DIGITS_STORE_POLL_S": "0.5",
    }
    with up(Project(f"digits-e2e-{request.node.name.replace('_', '-')[:30]}", **environment)) as started:
        yield started


@pytest.fixture
def client(project):
    with httpx.Client(
        base_url=f"http://127.0.0.1:{project.environment['DIGITS_PORT']}", timeout=30
    ) as client:
        yield client


def test_serves_real_digits_confined_and_limited(project, client, mnist_test):
    images, labels = mnist_test
    digits = [client.post("/predict", content=encode(images[i])).json()["digit"] for i in range(20)]
    (container,) = project.containers("service")
    found = inspect("container", container)
    host = found["HostConfig"]
    touched = tried("exec", container, "python", "-c", "open('/app/model_store/new', 'w')")

    assert digits == labels[:20].tolist()
    assert found["State"]["Health"]["Status"] == "healthy"
    assert (host["ReadonlyRootfs"], host["CapDrop"], host["Privileged"]) == (True, ["ALL"], False)
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert (host["Memory"], host["NanoCpus"], host["PidsLimit"]) == (2**30, 10**9, 256)
    assert "Read-only file system" in touched.stderr


def test_is_back_after_its_process_was_killed(project, client, seven):
    (container,) = project.containers("service")
    kill = """
import os, pathlib
for status in pathlib.Path('/proc').glob('[0-9]*/cmdline'):
    if b'digits-serve' in status.read_bytes() and status.parent.name != '1':
        os.kill(int(status.parent.name), 9)
"""
    tried("exec", container, "python", "-c", kill)  # ends with the container
    wait_until(lambda: inspect("container", container)["RestartCount"] == 1)
    wait_until(lambda: answers(client))

    assert client.post("/predict", content=seven).json()["digit"] == 7


def test_loads_what_is_published_into_the_mounted_store_without_a_pause(client, store, seven):
    models = ModelStore(store)
    newest = models.open()
    with models.staging() as build:
        for path in newest.manifest.files.keys() | {"assets.extra/manifest.json"}:
            (build / path).parent.mkdir(parents=True, exist_ok=True)
            (build / path).write_bytes((newest.directory / path).read_bytes())
        published = models.publish(build, newest.manifest)
    published.directory.chmod(0o755)
    versions = []
    until = time.monotonic() + 60
    while versions[-1:] != [published.version] and time.monotonic() < until:
        answer = client.post("/predict", content=seven)
        assert answer.status_code == 200
        versions.append(answer.json()["model"]["version"])

    assert (versions[0], versions[-1]) == (newest.version, published.version)
    assert sorted(versions) == versions
