"""What a gRPC port that nobody calls costs those who speak HTTP, in turn within one run.

python benchmarks/grpc_cost.py [--rounds 9] [--requests 300] [--idle-s 2]
"""

import argparse
import time
from http.client import HTTPConnection
from pathlib import Path

import numpy as np
from machine import machine
from served import Served, free_port, serving

_PICTURE = Path(__file__).parents[1] / "docs/images/seven.png"


def request_ms(served: Served, picture: bytes, requests: int) -> float:
    """CPU time of the service for one `POST /predict`, in milliseconds."""
    connection = HTTPConnection(served.host, served.port)
    before_s = served.cpu_s()
    for _ in range(requests):
        connection.request("POST", "/predict", picture, {"Content-Type": "image/png"})
        connection.getresponse().read()
    connection.close()
    return (served.cpu_s() - before_s) / requests * 1000


def idle_ms(served: Served, seconds: float) -> float:
    """CPU time of the service while nobody asks, in milliseconds a second."""
    before_s = served.cpu_s()
    time.sleep(seconds)
    return (served.cpu_s() - before_s) / seconds * 1000


def main() -> None:
    """Print one row with and one without."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--idle-s", type=float, default=2.0)
    options = parser.parse_args()
    picture = _PICTURE.read_bytes()
    with (
        serving("--engine", "litert") as without,
        serving("--engine", "litert", "--grpc-port", str(free_port())) as with_grpc,
    ):
        kinds = {"HTTP alone": without, "gRPC beside it": with_grpc}
        for served in kinds.values():
            request_ms(served, picture, options.requests)  # warm
        asked: dict[str, list[float]] = {name: [] for name in kinds}
        idle: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(options.rounds):
            for name, served in kinds.items():
                asked[name].append(request_ms(served, picture, options.requests))
                idle[name].append(idle_ms(served, options.idle_s))
        print(machine())
        print(f"{'':<16}CPU ms a request  CPU ms a second idle  memory MB")
        for name, served in kinds.items():
            row = f"{np.median(asked[name]):16.3f}  {np.median(idle[name]):20.1f}  {served.memory_mb():9.0f}"
            print(f"{name:<16}{row}")
        ratio = float(np.median(np.array(asked["gRPC beside it"]) / np.array(asked["HTTP alone"])))
        print(f"a request beside gRPC costs {ratio:.3f} of one without (median of {options.rounds} rounds)")


if __name__ == "__main__":
    main()
