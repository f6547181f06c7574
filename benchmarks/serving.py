"""Digits beside what else serves models: the same pictures, imaging and network, the same number of workers.

python benchmarks/serving.py [--contenders digits mosec] [--pictures canvas] [--connections 1 64] [--rounds 3]
                             [--seconds 5] [--out runs/serving]

Needs Linux and wrk (Debian: apt-get install wrk). Peers are installed on demand, each in an environment of
its own under runs/peers. Rounds are interleaved: in each, every server is started, asked and ended in turn,
so that what else happens on the machine meets all of them, and ratios are formed within a round.
"""

import argparse
import json
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bare_costs import bare_costs
from contenders import CONTENDERS, DEFAULT, HERE, Contender
from drawn import PICTURES, draw
from machine import machine
from server_process import ServerProcess, Upload, running
from serving_report import chart, tables

WARM_UP_S = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One load on one server.

    Attributes:
        contender: Its key in CONTENDERS.
        refused: Answers with a status of 400 or more.
        broken: Requests without an answer.
        cpu_ms: CPU time of all the server's processes for each request.
    """

    round: int
    contender: str
    picture: str
    connections: int
    per_s: float
    p50_ms: float
    p99_ms: float
    refused: int
    broken: int
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one server, its memory after the loads."""

    round: int
    contender: str
    ready_s: float
    memory_mb: float
    largest_mb: float
    processes: int


def ask(
    server: ServerProcess, body: Path, content_type: str, connections: int, seconds: float
) -> dict[str, int]:
    """Load a server with wrk, one thread; its report."""
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds:g}s",
        "--timeout",
        "10s",
        "-s",
        HERE / "wrk.lua",
    ]
    done = subprocess.run(  # noqa: S603 - wrk, as its documentation calls it
        [*command, server.url, "--", body, content_type], check=True, capture_output=True, text=True
    )
    report: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return report


def measure(round_: int, key: str, options: argparse.Namespace, folder: Path) -> tuple[Start, list[Run]]:
    """Start one server, load it with everything, end it."""
    contender: Contender = CONTENDERS[key]
    uploads = {}
    for name in options.pictures:
        picture = draw(name)
        uploads[name] = Upload.of(picture.content, picture.media_type, form=contender.form)
        (folder / name).write_bytes(uploads[name].body)
    runs = []
    with running(contender, folder / f"{key}.log") as server:
        ready_s = server.wait_until_ready(uploads[options.pictures[0]])
        for name, upload in uploads.items():
            ask(server, folder / name, upload.content_type, max(options.connections), WARM_UP_S)
            for connections in options.connections:
                before_s = server.cpu_s()
                told = ask(server, folder / name, upload.content_type, connections, options.seconds)
                cpu_s, answered = server.cpu_s() - before_s, max(1, told["requests"])
                runs.append(
                    Run(
                        round_, key, name, connections,
                        per_s=round((told["requests"] - told["refused"]) / told["elapsed_us"] * 1e6, 1),
                        p50_ms=told["p50_us"] / 1000,
                        p99_ms=told["p99_us"] / 1000,
                        refused=told["refused"],
                        broken=told["broken"],
                        cpu_ms=round(cpu_s / answered * 1000, 4),
                    )
                )  # fmt: skip
                print(runs[-1], file=sys.stderr)
        total, largest, processes = server.memory_mb()
    return Start(round_, key, round(ready_s, 3), round(total, 1), round(largest, 1), processes), runs


def write(results: dict[str, Any], folder: Path) -> None:
    """Tables, a chart, and all that was measured, so far."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(results, indent=1))
    (folder / "results.md").write_text(tables(results))
    chart(results, folder / "results.png")


def main() -> None:
    """Measure; after each round write results.json, results.md and results.png."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the server that runs is ended
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(DEFAULT))
    parser.add_argument("--pictures", nargs="+", choices=PICTURES, default=list(PICTURES))
    parser.add_argument("--connections", nargs="+", type=int, default=[1, 16, 64, 256])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--out", type=Path, default=Path("runs/serving"))
    options = parser.parse_args()
    if not shutil.which("wrk"):
        sys.exit("serving.py: wrk is not installed; on Debian: apt-get install wrk")
    for key in options.contenders:
        CONTENDERS[key].install()
    starts, runs, bare = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for round_ in range(options.rounds):
            bare += [
                {"round": round_, "picture": name, **bare_costs(draw(name))} for name in options.pictures
            ]
            for key in options.contenders:
                start, some = measure(round_, key, options, Path(folder))
                starts.append(asdict(start))
                runs += [asdict(each) for each in some]
            write({"machine": machine(), "starts": starts, "runs": runs, "bare": bare}, options.out)
    print((options.out / "results.md").read_text())


if __name__ == "__main__":
    main()
