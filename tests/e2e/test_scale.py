"""Replicas behind the proxy: what goes and what comes is not noticed by those who ask."""

import asyncio
import itertools
import os
import subprocess
import sys

import pytest
from containers import Project, can_be_had, docker, up, wait_until
from load import Crowd
from pictures import draw_seven, encode
from served_process import ROOT, free_port

NGINX = os.environ.get("DIGITS_NGINX_IMAGE", "nginx:1.28-bookworm")
REQUESTS_PER_S = 30


@pytest.fixture(scope="module")
def project():
    if not can_be_had(NGINX):
        pytest.skip(f"the image {NGINX} cannot be had")
    with up(Project("digits-e2e-scale", DIGITS_PROXY_PORT=str(free_port())), "proxy") as started:
        yield started


def posts():
    """A canvas, and now and then a photo that no proxy keeps in a buffer."""
    canvas, photo = encode(draw_seven()), encode(draw_seven((1600, 1200), width=90), "BMP")
    for body in itertools.cycle([canvas] * 9 + [photo]):
        lines = (
            "POST /predict HTTP/1.1",
            "Host: digits",
            "Content-Type: image/png",
            f"Content-Length: {len(body)}",
        )
        yield "\r\n".join((*lines, "", "")).encode() + body


async def under_load(project, seconds, happening):
    """What became of the requests while something happened in a thread, and for so long after it."""
    crowd = Crowd("127.0.0.1", int(project.environment["DIGITS_PROXY_PORT"]), connections=16)
    requests = posts()
    counts = (await crowd.offer(requests, per_s=REQUESTS_PER_S, seconds=1)).counts()
    task = asyncio.create_task(asyncio.to_thread(happening))
    while not task.done():
        counts += (await crowd.offer(requests, per_s=REQUESTS_PER_S, seconds=1)).counts()
    await task
    counts += (await crowd.offer(requests, per_s=REQUESTS_PER_S, seconds=seconds)).counts()
    crowd.close()
    return counts


def roll(project):
    subprocess.run(
        [sys.executable, ROOT / "deploy/roll.py"],
        cwd=ROOT,
        env={**os.environ, **project.environment},
        check=True,
    )


async def test_a_rolling_restart_loses_no_request(project):
    before = set(project.containers("replica"))
    counts = await under_load(project, 2, lambda: roll(project))
    after = set(project.containers("replica"))

    assert len(before) == len(after) == 2
    assert not before & after
    assert counts == {200: counts.total()}
    assert counts.total() > 5 * REQUESTS_PER_S


async def test_a_killed_replica_loses_no_request(project):
    killed = project.containers("replica")[0]
    counts = await under_load(project, 3, lambda: docker("kill", killed))

    assert counts == {200: counts.total()}
    docker("start", killed)
    wait_until(lambda: len(project.containers("replica")) == 2)
