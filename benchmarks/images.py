"""Sizes of the container images, and the seconds from `docker run` to the first answer that says ready.

python benchmarks/images.py [--targets cpu tensorflow train] [--runs 9]
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from machine import machine

ROOT = Path(__file__).parents[1]
DOCKER = shutil.which("docker") or sys.exit("docker is missing")
SERVICES = ("cpu", "tensorflow", "gpu")
CONFINED = ("--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--publish=127.0.0.1::8000")


def main() -> None:
    """Build each target and print one row of it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--targets", nargs="+", default=["cpu", "tensorflow", "train"])
    parser.add_argument("--runs", type=int, default=9)
    options = parser.parse_args()
    print(machine())
    for target in options.targets:
        image = f"digits-{target}"
        docker("buildx", "build", "--load", "--quiet", "--target", target, "--tag", image, str(ROOT))
        (found,) = json.loads(docker("image", "inspect", image))
        (base,) = json.loads(
            docker("image", "inspect", found["Config"]["Labels"]["org.opencontainers.image.base.name"])
        )
        over = (found["Size"] - base["Size"]) / 1e6
        print(f"{target:<10}  {over:>6.0f} MB over the base's {base['Size'] / 1e6:.0f} MB", end="")
        if target in SERVICES:
            times = [start(image) for _ in range(options.runs)]
            print(
                f"  ready after {statistics.median(times):.2f} s ({min(times):.2f} to {max(times):.2f})",
                end="",
            )
        print(flush=True)


def start(image: str) -> float:
    """Seconds from `docker run` to ready."""
    started_s = time.perf_counter()
    container = docker("run", "--detach", "--rm", *CONFINED, image)
    try:
        port = int(docker("port", container, "8000").rpartition(":")[2])
        while not _ready(port):
            if time.perf_counter() > started_s + 120:
                sys.exit(docker("logs", container) or "not ready within 120 s")
            time.sleep(0.005)
        return time.perf_counter() - started_s
    finally:
        docker("rm", "--force", container)


def docker(*arguments: str) -> str:
    """What a docker command prints."""
    return subprocess.run([DOCKER, *arguments], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our words


def _ready(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
