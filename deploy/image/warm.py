"""Runs the service once, so that the image has the bytecode of whatever a start and its answers import.

Without it each start of a read-only container would compile a thousand modules; with that of all modules
the image would be larger by 15 MB. PYTHONPYCACHEPREFIX keeps it apart from the packages, and holds that of
the base image's modules too.

python warm.py ENGINE...
"""

import importlib.util
import os
import py_compile
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

PORT: Final = 8000
URL: Final = f"http://127.0.0.1:{PORT}"
PROJECT: Final = Path("/app/lib")
PICTURES: Final = Path("/pictures")


def main() -> None:
    """Serve on each engine, alone and with workers; then let no bytecode depend on when this was."""
    for engine in sys.argv[1:]:
        for workers in ("1", "2"):
            _serve(engine, workers)
    kept = Path(os.environ["PYTHONPYCACHEPREFIX"])
    sources = {
        Path("/", path.relative_to(kept).with_suffix("").with_suffix(".py")) for path in kept.rglob("*.pyc")
    }
    for source in sorted(sources | {*PROJECT.rglob("*.py")}):
        if not source.is_relative_to(Path(__file__).parent):
            _compile(source)
    for own in (kept / Path(__file__).parent.relative_to("/")).rglob("*.pyc"):
        own.unlink()


def _compile(source: Path) -> None:
    py_compile.compile(
        str(source),
        cfile=importlib.util.cache_from_source(str(source)),
        doraise=True,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def _serve(engine: str, workers: str) -> None:
    command = ["digits-serve", "--engine", engine, "--workers", workers, "--model-store", "/app/model_store"]
    service = subprocess.Popen(command)  # noqa: S603 - our own program
    try:
        _wait_until_ready(service)
        subprocess.run([sys.executable, "-S", "/app/healthy.py"], check=True)
        for path in ("/", "/docs", "/openapi.json", "/model", "/metrics", "/problems", "/v2/models/digits"):
            _ask(path)
        _ask("/predict", (PICTURES / "seven.png").read_bytes())
        _ask("/read", (PICTURES / "number.png").read_bytes())
    finally:
        service.terminate()
    if status := service.wait(60):
        sys.exit(f"digits-serve --engine {engine} ended with status {status}")


def _wait_until_ready(service: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 300
    while service.poll() is None and time.monotonic() < until:
        try:
            _ask("/health/ready")
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    sys.exit("digits-serve did not become ready")


def _ask(path: str, body: bytes | None = None) -> None:
    request = urllib.request.Request(URL + path, body, {"Content-Type": "image/png"})  # noqa: S310 - http, ours
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
        answer.read()


if __name__ == "__main__":
    main()
