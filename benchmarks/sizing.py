"""What a core answers, what a worker holds and what a million answers cost: the table in docs/operations.md.

python benchmarks/sizing.py [--pictures tiny canvas photo] [--engines litert] [--seconds 10]
                            [--price 0.04] [--filled 0.6]

One worker on one CPU, this generator on another. Costs come from CPU time, which other work on the machine
disturbs less than requests a second: 1,000,000 x CPU seconds each / 3,600 x the price of a core for an hour
/ the share of a core that one dares to fill.
"""

import argparse
import asyncio
import io
import itertools
import os
import re
import statistics
from dataclasses import dataclass
from urllib.request import urlopen

import uvloop
from drawn import PICTURES, draw
from load import Crowd, post
from machine import machine
from PIL import Image, ImageDraw
from served import Served, serving

_CLIENTS = 16
_PENDING = re.compile(r"^digits_pending_requests(?:{.*})? (\S+)$", re.MULTILINE)


@dataclass(frozen=True)
class Size:
    """What was measured of one kind of picture.

    Attributes:
        per_s: Answers a second at most.
        cpu_ms: CPU time of one answer, all threads of the worker.
        memory_mb: Resident memory of the worker afterwards.
        filled_ms: p99 in milliseconds when it is asked for the share of `per_s` that one dares to fill.
        pending: Requests that then wait for an answer, on average.
    """

    per_s: float
    cpu_ms: float
    memory_mb: float
    filled_ms: float
    pending: float


async def measure(served: Served, request: bytes, *, filled: float, seconds: float) -> Size:
    """Ask for all it can do, then for the share that is dared."""
    crowd = Crowd(served.host, served.port, connections=256)
    requests = itertools.repeat(request)
    await crowd.keep_busy(requests, clients=_CLIENTS, seconds=2)
    before_s = served.cpu_s()
    most = await crowd.keep_busy(requests, clients=_CLIENTS, seconds=seconds)
    cpu_s = served.cpu_s() - before_s
    offered = asyncio.create_task(crowd.offer(requests, per_s=filled * most.rate(), seconds=seconds))
    pending = []
    while not offered.done():
        pending.append(await asyncio.to_thread(_pending, served))
        await asyncio.sleep(0.1)
    loaded = await offered
    crowd.close()
    return Size(
        per_s=most.rate(),
        cpu_ms=1000 * cpu_s / most.counts()[200],
        memory_mb=served.memory_mb(),
        filled_ms=loaded.quantile_ms(0.99),
        pending=statistics.mean(pending),
    )


def _pending(served: Served) -> float:
    with urlopen(f"http://{served.host}:{served.port}/metrics", timeout=10) as answer:
        return float(_PENDING.search(answer.read().decode())[1])


async def ask_once(served: Served, request: bytes) -> None:
    """Have one answer."""
    crowd = Crowd(served.host, served.port, connections=1)
    await crowd.offer(itertools.repeat(request), per_s=1, seconds=1)
    crowd.close()


def costliest() -> bytes:
    """A PNG of 50 million pixels that are transparent or not: what takes the most memory to read."""
    picture = Image.new("RGBA", (7071, 7071), (0, 0, 0, 0))
    ImageDraw.Draw(picture).line([(3500, 1000), (3500, 6000)], fill=(0, 0, 0, 255), width=400)
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1)
    return file.getvalue()


def dollars_a_million(cpu_ms: float, *, price: float, filled: float) -> float:
    """Cost of a million answers, in the currency of `price`, which is for one core for an hour."""
    return 1_000_000 * cpu_ms / 1000 / 3600 * price / filled


def main() -> None:
    """Print one row for each engine and picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pictures", nargs="+", default=list(PICTURES), choices=PICTURES)
    parser.add_argument("--engines", nargs="+", default=["litert"])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--price", type=float, default=0.04, help="dollars for a core for an hour")
    parser.add_argument("--filled", type=float, default=0.6, help="share of a core that one dares to fill")
    options = parser.parse_args()
    first, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or {first})
    print(machine().replace(f"{len(others or [first])} cores", "1 core for the worker, 1 for the load"))
    print(
        f"| engine | picture | requests/s a core | CPU ms each | memory MB | p99 ms at {options.filled:.0%} "
        "| waiting then | dollars a million |"
    )
    print("| --- | --- | --: | --: | --: | --: | --: | --: |")
    for engine, name in itertools.product(options.engines, options.pictures):
        picture = draw(name)
        request = post("/predict", picture.content, picture.media_type)
        with serving("--engine", engine, "--threads", "1", cpus={first}) as served:
            size = uvloop.run(measure(served, request, filled=options.filled, seconds=options.seconds))
        cost = dollars_a_million(size.cpu_ms, price=options.price, filled=options.filled)
        print(
            f"| {engine} | {picture.name} | {size.per_s:,.0f} | {size.cpu_ms:.2f} | {size.memory_mb:.0f} | "
            f"{size.filled_ms:.0f} | {size.pending:.1f} | {cost:.2f} |"
        )
    for engine in options.engines:
        with serving("--engine", engine, "--threads", "1", cpus={first}) as served:
            ready_mb = served.memory_mb()
            uvloop.run(ask_once(served, post("/predict", costliest())))
            print(
                f"{engine}: {ready_mb:.0f} MB when ready, {served.most_memory_mb():.0f} MB at most "
                "while it reads the costliest picture that is let in"
            )


if __name__ == "__main__":
    main()
