"""The Docker engine of this machine, its images, and docker-compose.yml under a name of its own."""

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager

import httpx
from served_process import ROOT, free_port


def docker(*arguments, **environment):
    """What a docker command prints; an error with its complaint where it fails."""
    ended = tried(*arguments, **environment)
    said = f"docker {' '.join(arguments)}\n{ended.stdout[-3000:]}\n{ended.stderr[-3000:]}"
    assert ended.returncode == 0, said
    return ended.stdout.strip()


def tried(*arguments, **environment):
    """How a docker command ended that may fail."""
    return subprocess.run(
        [shutil.which("docker"), *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def missing_engine():
    """Why no container can be run here; empty where one can."""
    if not shutil.which("docker"):
        return "docker is missing"
    for needed in ("info",), ("buildx", "version"), ("compose", "version"):
        ended = tried(*needed)
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip().splitlines()
            return f"docker {' '.join(needed)} fails: {said[-1] if said else ended.returncode}"
    return ""


def build(tag, *options):
    docker("build", "--quiet", "--tag", tag, *options, ".", DOCKER_BUILDKIT="1")
    return tag


def inspect(kind, name):
    (found,) = json.loads(docker(kind, "inspect", name))
    return found


def can_be_had(image):
    """Whether the image is here, or comes from its registry."""
    return any(tried(*how, image).returncode == 0 for how in (("image", "inspect"), ("pull", "--quiet")))


@contextmanager
def running(image, *options):
    """A container with a port of this machine: its id and a client."""
    port = free_port()
    container = docker("run", "--detach", "--publish", f"127.0.0.1:{port}:8000", *options, image)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            wait_until(lambda: answers(client), what=lambda: docker("logs", container))
            yield container, client
    finally:
        docker("rm", "--force", "--volumes", container)


def answers(client, path="/health/ready"):
    try:
        return client.get(path).status_code == 200
    except httpx.TransportError:
        return False


def wait_until(condition, *, seconds=120, what=lambda: ""):
    """Wait for what the engine is about to do."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, what()
        time.sleep(0.1)


class Project:
    """docker-compose.yml, apart from whatever else runs of it."""

    def __init__(self, name, **environment):
        self.environment = {"COMPOSE_PROJECT_NAME": name, "DIGITS_ADDRESS": "127.0.0.1", **environment}

    def __call__(self, *arguments):
        return docker("compose", *arguments, **self.environment)

    def containers(self, service):
        return self("--profile", "*", "ps", "--quiet", service).split()

    def logs(self):
        return self("--profile", "*", "logs", "--no-color", "--tail", "40")


@contextmanager
def up(project, *services, options=()):
    """The services, healthy; in the end nothing of the project is left."""
    try:
        project(*options, "up", "--build", "--detach", "--wait", *services)
        yield project
    finally:
        project("--profile", "*", "down", "--volumes", "--timeout", "5", "--remove-orphans")
