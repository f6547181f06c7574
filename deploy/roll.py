"""Replaces the replicas of docker-compose.yml's profile `scale` one by one, by new ones of the newest image.

A new replica is started beside the old ones, and an old one is told to stop once the new one is ready, so
that what is asked meanwhile is answered. Build the image first: docker compose build replica.

python3 deploy/roll.py
"""

import subprocess
import sys
import time
from typing import Final

SERVICE: Final = "replica"
READY_WITHIN_S: Final = 120.0
STOP_WITHIN_S: Final = 20
COMPOSE: Final = ("docker", "compose", "--profile", "scale")


def main() -> None:
    """Replace each replica that runs now; at the first new one that does not get ready, keep the old ones."""
    old = _replicas()
    if not old:
        sys.exit("No replica runs: docker compose up --wait proxy")
    for number, each in enumerate(old, start=1):
        before = set(_replicas())
        _run(
            *COMPOSE,
            "up",
            "--detach",
            "--no-deps",
            "--no-recreate",
            "--scale",
            f"{SERVICE}={len(old) + 1}",
            SERVICE,
        )
        (new,) = set(_replicas()) - before
        if not _gets_ready(new):
            _run("docker", "rm", "--force", new)
            sys.exit(f"A new replica does not get ready; {len(old) - number + 1} old ones serve on.")
        _run("docker", "stop", "--time", str(STOP_WITHIN_S), each)
        _run("docker", "rm", each)
        print(f"{number} of {len(old)} replaced", flush=True)  # noqa: T201 - for the operator


def _replicas() -> list[str]:
    return _run(*COMPOSE, "ps", "--quiet", SERVICE).split()


def _gets_ready(container: str) -> bool:
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        health = _run(
            "docker", "inspect", "--format", "{{.State.Status}} {{.State.Health.Status}}", container
        )
        if health.split() == ["running", "healthy"]:
            return True
        time.sleep(0.2)
    return False


def _run(*command: str) -> str:
    """What a command prints; the script ends with its complaint where it fails."""
    ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if ended.returncode:
        sys.exit(f"{' '.join(command)}: {ended.stderr.strip()}")
    return ended.stdout


if __name__ == "__main__":
    main()
