"""The servers that `serving.py` compares: how each is installed, started and asked."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
ENVIRONMENTS: Final = ROOT / "runs" / "peers"


@dataclass(frozen=True, slots=True)
class Contender:
    """One server.

    Attributes:
        folder: Of its program in `peers/`; empty for Digits itself.
        path: Where it takes pictures.
        environment: Which peer's virtual environment it runs in; its own by default.
        form: Whether the picture comes as a form's file instead of as the body.
        workers: Processes that look at pictures; what distributes requests to them comes on top.
        flags: What `digits-serve` is told besides.
    """

    name: str
    folder: str = ""
    path: str = "/predict"
    environment: str = ""
    form: bool = False
    workers: int = 2
    flags: tuple[str, ...] = ()

    def command(self, port: int) -> list[str]:
        """What starts it on 127.0.0.1."""
        if self.folder:
            return [str(self.python()), "serve.py", str(port), str(self.workers)]
        serve = str(Path(sys.executable).with_name("digits-serve"))
        return [
            serve,
            "--port",
            str(port),
            "--workers",
            str(self.workers),
            "--log-format",
            "json",
            *self.flags,
        ]

    def working_folder(self) -> Path:
        """Where it is started."""
        return HERE / "peers" / self.folder if self.folder else ROOT

    def python(self) -> Path:
        """The interpreter of its environment."""
        return ENVIRONMENTS / (self.environment or self.folder) / "bin" / "python"

    def install(self) -> None:
        """Make its environment unless it is there already, as its requirements file says."""
        if not self.folder:
            return
        requirements = HERE / "peers" / (self.environment or self.folder) / "requirements.txt"
        stamp = (
            self.python().parents[1] / f"installed-{hashlib.sha256(requirements.read_bytes()).hexdigest()}"
        )
        if stamp.exists():
            return
        print(f"installing {self.environment or self.folder} ...", file=sys.stderr)
        environment = str(self.python().parents[1])
        uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))  # as the Makefile has it
        install = [uv, "pip", "install", "--quiet", "--python", str(self.python())]
        for command in (
            [uv, "venv", "--quiet", "--clear", "--python", sys.executable, environment],
            [*install, "--requirement", str(requirements)],
            [*install, "--no-deps", "--editable", str(ROOT)],
        ):
            subprocess.run(command, check=True)  # noqa: S603 - our own commands
        stamp.touch()


CONTENDERS: Final = {
    "digits": Contender("Digits"),
    "digits-1": Contender("Digits, 1 worker", workers=1),
    "fastapi": Contender("FastAPI + LiteRT", "fastapi"),
    "mosec": Contender("mosec", "mosec", path="/inference"),
    "litserve": Contender("LitServe", "litserve", form=True),
    "bentoml": Contender("BentoML", "bentoml"),
    "ray": Contender("Ray Serve", "ray"),
    "bare": Contender("FastAPI, doing nothing", "bare", environment="fastapi"),
    "digits-tensorflow": Contender("Digits, TensorFlow", flags=("--engine", "tensorflow")),
    "mosec-tensorflow": Contender("mosec, TensorFlow", "mosec_tensorflow", path="/inference"),
}

SERVERS: Final = ("mosec", "litserve", "bentoml", "ray")
"""What a user would pick to serve a model with; the best of them is what Digits is measured by."""

DEFAULT: Final = ("digits", "digits-1", "fastapi", *SERVERS, "bare")


def by_default() -> dict[str, str]:
    """This shell's environment, but that Python keeps compiled modules, as it does by default."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def environment(marker: str) -> dict[str, str]:
    """What every server's processes find; the marker tells them from all others."""
    return {
        **by_default(),
        "BENCHMARK": marker,
        "PYTHONPATH": str(HERE / "peers"),
        "RAY_USAGE_STATS_ENABLED": "0",
        "BENTOML_DO_NOT_TRACK": "True",
    }
