"""`digits-serve` as a process beside a benchmark, and what it holds."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

SERVE = Path(sys.executable).with_name("digits-serve")


@dataclass(frozen=True)
class Served:
    """A running service."""

    host: str
    port: int
    process: subprocess.Popen[bytes]

    @property
    def pids(self) -> list[int]:
        """The process and its children."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [self.process.pid, *map(int, children.read_text().split())]

    def memory_mb(self) -> float:
        """Resident memory of all processes, in MB."""
        return sum(_status(pid, "VmRSS") for pid in self.pids) / 1000

    def most_memory_mb(self) -> float:
        """The most resident memory that the process itself has had, in MB."""
        return _status(self.process.pid, "VmHWM") / 1000

    def descriptors(self) -> int:
        """Open files of all processes."""
        return sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in self.pids)

    def cpu_s(self) -> float:
        """Processor time that all processes have had, in seconds."""
        ticks = os.sysconf("SC_CLK_TCK")
        fields = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in self.pids)
        return sum(int(each[11]) + int(each[12]) for each in fields) / ticks


def _status(pid: int, name: str) -> int:
    match = re.search(rf"^{name}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(match[1]) if match else 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def serving(*flags: str, cpus: set[int] | None = None, port: int | None = None) -> Iterator[Served]:
    """A service that is ready, on the given CPUs."""
    if port is None:
        port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [SERVE, "--port", str(port), *flags],
        stderr=subprocess.DEVNULL,
        preexec_fn=(lambda: os.sched_setaffinity(0, cpus)) if cpus else None,  # noqa: PLW1509 - no threads yet
    )
    try:
        while not _ready(port):
            if process.poll() is not None:
                sys.exit(f"digits-serve ended with status {process.returncode}")
            time.sleep(0.02)
        yield Served("127.0.0.1", port, process)
    finally:
        process.terminate()
        process.wait()


def _ready(port: int) -> bool:
    with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=5) as answer:
        return bool(answer.status == 200)
    return False
