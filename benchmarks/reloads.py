"""Reloads under load: whether a request failed, and whether memory grew.

python benchmarks/reloads.py [--reloads 200] [--per-s 50] [-- flags of digits-serve]

Each reload is waited for. Memory is told every tenth of the way; it must grow by less than 2 % from the first
fifth to the end. Ends with status 1 if a target is missed.
"""

import argparse
import asyncio
import hashlib
import itertools
import sys
from collections import Counter

import uvloop
from canvas import drawn_png
from load import Crowd, get, post
from machine import machine
from served import Served, serving

_KEY = "a key for this benchmark alone"


async def measure(served: Served, *, reloads: int, per_s: float) -> bool:
    """Reload so often; True if all targets are met."""
    crowd = Crowd(served.host, served.port, connections=100)
    operator = Crowd(served.host, served.port, connections=1)
    stop = asyncio.Event()
    asking = asyncio.create_task(_ask(crowd, per_s, stop))
    order = post("/admin/reload", b"").replace(b"\r\n", f"\r\nAuthorization: Bearer {_KEY}\r\n".encode(), 1)
    reloaded: Counter[int] = Counter()
    memory_mb = [served.memory_mb()]
    for tenth in range(10):
        for _ in range(reloads // 10):
            outcome = await operator.offer(iter([order]), per_s=1000, seconds=0.001)
            reloaded += outcome.counts()
        memory_mb.append(served.memory_mb())
        print(f"{(tenth + 1) * (reloads // 10):>5} reloads  {memory_mb[-1]:.1f} MB", flush=True)
    stop.set()
    answers = await asking
    operator.close()
    crowd.close()
    growth = memory_mb[-1] / memory_mb[2] - 1
    print(f"requests  {dict(answers)}; reloads {dict(reloaded)}; memory {growth:+.2%} since the first fifth")
    return set(answers) == {200} and set(reloaded) == {200} and growth < 0.02


async def _ask(crowd: Crowd, per_s: float, stop: asyncio.Event) -> Counter[int]:
    counts: Counter[int] = Counter()
    requests = itertools.cycle(
        [post("/predict", drawn_png(280)), post("/read", drawn_png(280)), get("/health")]
    )
    while not stop.is_set():
        counts += (await crowd.offer(requests, per_s=per_s, seconds=1)).counts()
    return counts


def main() -> None:
    """Print the figures and whether they meet the targets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reloads", type=int, default=200)
    parser.add_argument("--per-s", type=float, default=50)
    parser.add_argument("flags", nargs="*", help="flags of digits-serve")
    options = parser.parse_args()
    print(machine())
    digest = hashlib.sha256(_KEY.encode()).hexdigest()
    with serving("--admin-key-sha256", digest, *options.flags) as served:
        met = uvloop.run(measure(served, reloads=options.reloads, per_s=options.per_s))
    print("met" if met else "MISSED")
    sys.exit(not met)


if __name__ == "__main__":
    main()
