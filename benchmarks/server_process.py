"""A server with all its processes: started, watched from outside, ended."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import uuid4

from contenders import Contender, environment

_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")
_PATIENCE_S: Final = 180


@dataclass(frozen=True, slots=True)
class Upload:
    """One picture as it is sent: the same bytes every time."""

    body: bytes
    content_type: str

    @classmethod
    def of(cls, picture: bytes, media_type: str, *, form: bool) -> "Upload":
        """As a body of its own, or as the file `image` of a form."""
        if not form:
            return cls(picture, media_type)
        head = (
            '--digit\r\nContent-Disposition: form-data; name="image"; filename="digit"\r\n'
            f"Content-Type: {media_type}\r\n\r\n"
        )
        return cls(head.encode() + picture + b"\r\n--digit--\r\n", "multipart/form-data; boundary=digit")


class ServerProcess:
    """Everything that one command started, wherever it moved in the tree: found by a variable of its own."""

    def __init__(self, contender: Contender, log_path: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}{contender.path}"
        self._marker = uuid4().hex
        self._started_s = time.perf_counter()
        with log_path.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own command
                contender.command(port),
                cwd=contender.working_folder(),
                env=environment(self._marker),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait_until_ready(self, upload: Upload) -> float:
        """Seconds from the start to the first answer.

        Raises:
            RuntimeError: It ended, or took too long.
        """
        while time.perf_counter() - self._started_s < _PATIENCE_S and self._process.poll() is None:
            if _answers(self.url, upload):
                return time.perf_counter() - self._started_s
            time.sleep(0.01)
        raise RuntimeError(f"no answer from {self._process.args}")

    def cpu_s(self) -> float:
        """CPU seconds of all its processes so far."""
        return sum(_cpu_s(pid) for pid in self.pids())

    def memory_mb(self) -> tuple[float, float, int]:
        """Proportional set size of all processes together, of the largest, and their number."""
        sizes = [size for pid in self.pids() if (size := _pss_mb(pid))]
        return sum(sizes), max(sizes), len(sizes)

    def pids(self) -> list[int]:
        """Its living processes."""
        needle = f"BENCHMARK={self._marker}".encode()
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal():
                with suppress(OSError):
                    if needle in (folder / "environ").read_bytes().split(b"\0"):
                        found.append(int(folder.name))
        return found

    def end(self) -> None:
        """Ask it to end, then make it."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()


@contextmanager
def running(contender: Contender, log_path: Path) -> Iterator[ServerProcess]:
    """A server that is ended whatever happens."""
    server = ServerProcess(contender, log_path)
    try:
        yield server
    finally:
        server.end()


def _answers(url: str, upload: Upload) -> bool:
    request = urllib.request.Request(  # noqa: S310 - http, our own server
        url, data=upload.body, headers={"Content-Type": upload.content_type}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - the same
            return response.status == 200 and b"digit" in response.read()
    except (OSError, urllib.error.HTTPError):
        return False


def _cpu_s(pid: int) -> float:
    with suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S
    return 0.0


def _pss_mb(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1000
    return 0.0
