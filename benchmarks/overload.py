"""What becomes of answers, health and memory when four times as much is asked as can be answered.

python benchmarks/overload.py [--seconds 60] [--times 4] [-- flags of digits-serve]

The server has one CPU, this generator another. Open loop: requests go out when they are due.
Ends with status 1 if one of the targets is missed.
"""

import argparse
import asyncio
import itertools
import os
import sys
from dataclasses import dataclass

import uvloop
from canvas import drawn_png
from load import Crowd, Outcome, get, post
from machine import machine
from served import Served, serving

_CLIENTS = 1000
"""Connected all the while, as to a service that has been up; none is asked twice in a row."""


@dataclass(frozen=True)
class Watch:
    """What was seen meanwhile: health's latencies, and the server's memory each second."""

    health: Outcome
    memory_mb: list[float]


async def watch(served: Served, seconds: float) -> Watch:
    """Ask for health ten times a second, on a connection of its own."""
    crowd, health, memory = Crowd(served.host, served.port, connections=20), Outcome(seconds=seconds), []
    asked = asyncio.create_task(crowd.offer(itertools.repeat(get("/health")), per_s=10, seconds=seconds))
    while not asked.done():
        memory.append(served.memory_mb())
        await asyncio.sleep(1)
    health = await asked
    crowd.close()
    return Watch(health, memory)


async def measure(served: Served, picture: bytes, *, times: float, seconds: float) -> bool:
    """Unloaded, at capacity, beyond it; True if all targets are met."""
    requests = itertools.repeat(post("/predict", picture))
    crowd = Crowd(served.host, served.port, connections=_CLIENTS)
    await crowd.keep_busy(itertools.repeat(get("/health/live")), clients=_CLIENTS, seconds=2)  # all connect
    await crowd.keep_busy(requests, clients=4, seconds=2)
    capacity = (await crowd.keep_busy(requests, clients=16, seconds=8)).rate()
    unloaded = await crowd.offer(requests, per_s=capacity / 20, seconds=10)
    print(f"capacity  {capacity:,.0f} requests/s (16 clients, closed loop)")
    print(f"unloaded  {unloaded.summary()} (a twentieth of the capacity)")
    before = served.cpu_s()
    watching = asyncio.create_task(watch(served, seconds))
    loaded = await crowd.offer(requests, per_s=times * capacity, seconds=seconds)
    cpu = (served.cpu_s() - before) / seconds
    seen = await watching
    crowd.close()
    counts = loaded.counts()
    print(f"offered   {times:g} x capacity for {seconds:g} s: {dict(sorted(counts.items()))}")
    print(f"answered  {loaded.rate():,.0f}/s, {loaded.summary()}")
    print(f"refused   {loaded.rate(503):,.0f}/s, {loaded.summary(503)}")
    print(f"health    {seen.health.summary()}; {dict(seen.health.counts())}")
    print(
        f"memory    {seen.memory_mb[0]:.0f} MB at first, {max(seen.memory_mb):.0f} at most, "
        f"{seen.memory_mb[-1]:.0f} at last; CPU {cpu:.2f} cores"
    )
    late = seen.memory_mb[len(seen.memory_mb) // 3 :]
    verdicts = {
        "p99 of what is accepted <= 5 x unloaded": loaded.quantile_ms(0.99) <= 5 * unloaded.quantile_ms(0.99),
        "no errors but refusals": set(counts) <= {200, 503},
        "goodput >= 90 % of capacity": loaded.rate() >= 0.9 * capacity,
        "health within 100 ms": set(seen.health.counts()) == {200} and seen.health.quantile_ms(1) <= 100,
        "memory flat after the first third (2 %)": max(late) <= 1.02 * late[0],
    }
    for target, met in verdicts.items():
        print(f"{'met' if met else 'MISSED':<8}  {target}")
    return all(verdicts.values())


def main() -> None:
    """Print the figures and whether they meet the targets."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--times", type=float, default=4, help="of the capacity")
    parser.add_argument("--side", type=int, default=280, help="pixels of the picture")
    parser.add_argument("flags", nargs="*", help="flags of digits-serve")
    options = parser.parse_args()
    first, *others = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, others or {first})
    print(machine().replace(f"{len(others or [first])} cores", "1 core for the server, 1 for the load"))
    with serving(*options.flags, cpus={first}) as served:
        met = uvloop.run(
            measure(served, drawn_png(options.side), times=options.times, seconds=options.seconds)
        )
    sys.exit(not met)


if __name__ == "__main__":
    main()
