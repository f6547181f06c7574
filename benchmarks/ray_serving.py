"""Digits on a Ray cluster of three nodes on this machine: at one and two replicas, and when a node is killed.

python benchmarks/ray_serving.py [--seconds 10] [--clients 16] [--side 280]

All nodes share this machine's cores with the load and with Ray's own processes, so that a second replica
finds no second machine: the ratio says what Ray costs and not what a cluster would bring.
"""

import argparse
import asyncio
import itertools
import time
from collections.abc import Callable

import uvloop
from canvas import drawn_png
from load import Crowd, Outcome, post
from machine import machine
from ray_cluster import Arguments, cluster, deploy, join, running


async def at_most(port: int, picture: bytes, *, clients: int, seconds: float) -> Outcome:
    """Closed loop: what it can do."""
    crowd = Crowd("127.0.0.1", port, connections=clients)
    requests = itertools.repeat(post("/predict", picture))
    await crowd.keep_busy(requests, clients=clients, seconds=2)
    outcome = await crowd.keep_busy(requests, clients=clients, seconds=seconds)
    crowd.close()
    return outcome


async def while_lost(
    port: int, picture: bytes, *, per_s: float, seconds: float, lose: Callable[[], None]
) -> Outcome:
    """Open loop, in the first third of which a node is lost."""
    crowd = Crowd("127.0.0.1", port, connections=256)
    requests = itertools.repeat(post("/predict", picture))
    offered = asyncio.create_task(crowd.offer(requests, per_s=per_s, seconds=seconds))
    await asyncio.sleep(seconds / 3)
    await asyncio.to_thread(lose)
    outcome = await offered
    crowd.close()
    return outcome


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--side", type=int, default=280, help="pixels of the picture")
    options = parser.parse_args()
    picture = drawn_png(options.side)
    print(machine())
    with cluster(nodes=2) as (nodes, port):
        rates = []
        for replicas in (1, 2):
            deploy(Arguments(replicas=replicas, engines=replicas, cpus=0.5, engine_cpus=0.5, per_node=1))
            outcome = uvloop.run(at_most(port, picture, clients=options.clients, seconds=options.seconds))
            rates.append(outcome.rate())
            print(
                f"{replicas} of each   {outcome.rate():,.0f} requests/s, {outcome.summary()}; "
                f"{dict(outcome.counts())}"
            )
        print(f"ratio       {rates[1] / rates[0]:.2f}")
        lost = nodes.list_all_nodes()[-1]
        outcome = uvloop.run(
            while_lost(
                port,
                picture,
                per_s=rates[1] / 3,
                seconds=3 * options.seconds,
                lose=lambda: nodes.remove_node(lost, allow_graceful=False),
            )
        )
        counts = outcome.counts()
        print(f"node killed {dict(counts)}: {counts.total() - counts[200]} of {counts.total()} failed")
        print(f"            {outcome.summary()}")
        join(nodes, 2)
        began_s = time.perf_counter()
        while min(running().values()) < 2:
            time.sleep(0.2)
        print(f"node back   after {time.perf_counter() - began_s:.1f} s both kinds have two replicas again")


if __name__ == "__main__":
    main()
