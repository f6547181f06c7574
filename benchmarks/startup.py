"""From the start of `digits-serve` to its first answer, and the memory it then holds, by engine.

python benchmarks/startup.py [--runs 5] [--engines litert tensorflow]
"""

import argparse
import http.client
import re
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

from contenders import by_default
from machine import machine

SERVE = Path(sys.executable).with_name("digits-serve")


def start(engine: str) -> tuple[float, float]:
    """Seconds until /health/ready says 200, and resident MB of the process then."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started_s = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [SERVE, "--engine", engine, "--port", str(port)], stderr=subprocess.DEVNULL, env=by_default()
    )
    try:
        while not _ready(port):
            if process.poll() is not None:
                sys.exit(f"digits-serve --engine {engine} ended with status {process.returncode}")
            time.sleep(0.005)
        elapsed_s = time.perf_counter() - started_s
        status = Path(f"/proc/{process.pid}/status").read_text()
        return elapsed_s, int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1000
    finally:
        process.terminate()
        process.wait()


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def main() -> None:
    """Print one row an engine: median (min to max)."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--engines", nargs="+", default=["litert", "tensorflow"])
    options = parser.parse_args()
    print(machine())
    for engine in options.engines:
        runs = [start(engine) for _ in range(options.runs)]
        times, sizes = zip(*runs, strict=True)
        print(
            f"{engine:<10}  ready after {statistics.median(times):.2f} s"
            f" ({min(times):.2f} to {max(times):.2f}),"
            f"  memory {statistics.median(sizes):.0f} MB"
        )


if __name__ == "__main__":
    main()
