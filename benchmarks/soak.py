"""An hour of good and bad traffic at a moderate rate: what was answered, and what grew.

python benchmarks/soak.py [--minutes 60] [--per-s 20] [--reload-every-s 300] [--report soak.json]
                          [-- flags of digits-serve]

Beside the requests, each with the one status that is right for it, clients misbehave all the while, a burst
of 400 requests a minute may be refused in part (503), and the model is reloaded now and then. Ends
with status 1 if a target is missed: no other 5xx and no wrong answer; memory that grows by less than 2 %;
no more open files once all clients have left than before they came. Memory is compared between the
tenth of the time after the warm-up, which is a quarter of it, and the last tenth.
"""

import argparse
import asyncio
import itertools
import json
import random
import signal
import statistics
import sys
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import uvloop
from canvas import drawn_png
from load import REFUSED, Crowd, Outcome, post
from machine import machine
from served import Served, serving
from traffic import ABUSES, Kind, kinds

_SAMPLE_S: Final = 5
_BURST: Final = 400
_BURST_EVERY_S: Final = 60
_RECOVERY_S: Final = 3
_ABUSES_PER_S: Final = 0.5


@dataclass(frozen=True)
class Sample:
    """What the service held at one moment."""

    at_s: float
    memory_mb: float
    descriptors: int
    cpu_s: float


async def send(kind: Kind, served: Served, per_s: float, seconds: float) -> Outcome:
    """Send one kind for so long, evenly."""
    crowd = Crowd(served.host, served.port, connections=20)
    outcome = await crowd.offer(itertools.repeat(kind.request), per_s=per_s, seconds=seconds)
    crowd.close()
    return outcome


async def misbehave(served: Served, until_s: float) -> int:
    """Start abuses all the while; how many there were."""
    running: set[asyncio.Task[None]] = set()
    choose = random.Random(0)  # noqa: S311 - traffic, no secret
    count = 0
    while time.monotonic() < until_s:
        running.add(asyncio.ensure_future(choose.choice(ABUSES)(served.host, served.port)))
        count += 1
        running = {task for task in running if not task.done()}
        await asyncio.sleep(1 / _ABUSES_PER_S)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    return count


async def burst(served: Served, until_s: float) -> tuple[Outcome, list[tuple[float, float]]]:
    """Once a minute far more at once than is let in; its outcome, and from when to when others may suffer."""
    request, total = itertools.repeat(post("/predict", drawn_png(280))), Outcome()
    windows = []
    every_s = min(_BURST_EVERY_S, (until_s - time.monotonic()) / 5)  # in a short trial too
    while time.monotonic() + every_s < until_s:
        await asyncio.sleep(every_s)
        crowd, began_s = Crowd(served.host, served.port, connections=_BURST), time.perf_counter()
        outcome = await crowd.offer(request, per_s=_BURST * 100, seconds=0.01)
        for status, times in outcome.latencies_s.items():
            total.latencies_s.setdefault(status, []).extend(times)
        crowd.close()
        windows.append((began_s, time.perf_counter() + _RECOVERY_S))
    return total, windows


async def reload(served: Served, until_s: float, every_s: float) -> int:
    """Have the model reloaded now and then; how often."""
    count = 0
    every_s = min(every_s, (until_s - time.monotonic()) / 5)
    while time.monotonic() + every_s < until_s:
        await asyncio.sleep(every_s)
        served.process.send_signal(signal.SIGHUP)
        count += 1
    return count


async def sample(served: Served, until_s: float) -> list[Sample]:
    """Look at the service's memory and files, again and again."""
    started_s, samples = time.monotonic(), []
    while (now_s := time.monotonic()) < until_s:
        with suppress(FileNotFoundError):  # a worker has just ended
            samples.append(
                Sample(now_s - started_s, served.memory_mb(), served.descriptors(), served.cpu_s())
            )
        await asyncio.sleep(_SAMPLE_S)
    return samples


async def soak(served: Served, *, per_s: float, seconds: float, reload_every_s: float) -> dict[str, object]:
    """All of it at once; the report."""
    chosen = kinds()
    shares = sum(kind.share for kind in chosen)
    descriptors_before = served.descriptors()
    until_s = time.monotonic() + seconds
    async with asyncio.TaskGroup() as tasks:
        sending = {
            kind: tasks.create_task(send(kind, served, per_s * kind.share / shares, seconds))
            for kind in chosen
        }
        abusing = tasks.create_task(misbehave(served, until_s))
        bursting = tasks.create_task(burst(served, until_s))
        reloading = tasks.create_task(reload(served, until_s, reload_every_s))
        sampling = tasks.create_task(sample(served, until_s))
    await asyncio.sleep(2)  # the service notices that all have left
    bursts, windows = bursting.result()
    answers = {kind.name: task.result().counts() for kind, task in sending.items()}
    wrong = {
        kind.name: {
            status: n for status, n in answers[kind.name].items() if status not in (REFUSED, *kind.statuses)
        }
        for kind in chosen
    }
    refused = Counter(
        any(begin <= at_s <= end for begin, end in windows)
        for task in sending.values()
        for at_s in task.result().refused_at_s
    )
    return {
        "machine": machine(),
        "seconds": seconds,
        "per_s": per_s,
        "answers": {name: dict(sorted(counts.items())) for name, counts in answers.items()},
        "wrong": {name: counts for name, counts in wrong.items() if counts},
        "bursts": dict(sorted(bursts.counts().items())),
        "refused_in_bursts": refused[True],
        "refused_beside_bursts": refused[False],
        "canvas": sending[chosen[0]].result().summary(),
        "abuses": abusing.result(),
        "reloads": reloading.result(),
        "descriptors_before": descriptors_before,
        "descriptors_after": served.descriptors(),
        "growth": growth(sampling.result(), seconds),
        "samples": [asdict(each) for each in sampling.result()],
    }


def growth(samples: list[Sample], seconds: float) -> dict[str, float]:
    """From the tenth of the time after the warm-up to the last tenth: medians, so that no moment decides."""
    tenth = seconds / 10
    first = [each for each in samples if 2.5 * tenth <= each.at_s < 3.5 * tenth]
    last = [each for each in samples if each.at_s >= 9 * tenth]
    before, after = (statistics.median(each.memory_mb for each in part) for part in (first, last))
    return {
        "from_s": first[0].at_s,
        "to_s": last[-1].at_s,
        "memory_mb_before": before,
        "memory_mb_after": after,
        "memory_growth": after / before - 1,
        "cpu_cores": (last[-1].cpu_s - first[0].cpu_s) / (last[-1].at_s - first[0].at_s),
    }


def verdicts(report: dict[str, object]) -> dict[str, bool]:
    """Each target, and whether it is met."""
    grown = report["growth"]
    return {
        "every request had the answer that is right for it": not report["wrong"],
        "nobody was refused beside the bursts": not report["refused_beside_bursts"],
        "bursts were answered or refused": set(report["bursts"]) <= {200, 503},
        "memory grew by less than 2 %": grown["memory_growth"] < 0.02,
        "no more open files": report["descriptors_after"] <= report["descriptors_before"],
    }


def tell(report: dict[str, object]) -> None:
    """The report for people."""
    grown = report["growth"]
    print(report["machine"])
    print(
        f"{report['seconds'] / 60:g} minutes at {report['per_s']:g} requests/s, {report['abuses']} abuses, "
        f"{report['reloads']} reloads; bursts of {_BURST}: {report['bursts']}"
    )
    print(
        f"of the others {report['refused_in_bursts']} were refused in bursts, "
        f"{report['refused_beside_bursts']} beside them"
    )
    for name, counts in report["answers"].items():
        print(f"  {name:<24} {counts}")
    print(f"canvas    {report['canvas']}")
    print(
        f"memory    {grown['memory_mb_before']:.1f} to {grown['memory_mb_after']:.1f} MB "
        f"({grown['memory_growth']:+.2%}), from minute {grown['from_s'] / 60:.1f} to {grown['to_s'] / 60:.1f}"
    )
    print(
        f"files     {report['descriptors_before']} before the clients came, "
        f"{report['descriptors_after']} after they left"
    )
    print(f"CPU       {grown['cpu_cores']:.2f} cores")
    for target, met in verdicts(report).items():
        print(f"{'met' if met else 'MISSED':<8}  {target}")
    print("wrong answers:", report["wrong"] or "none")


def main() -> None:
    """Soak, write the report, and tell it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--per-s", type=float, default=20)
    parser.add_argument("--reload-every-s", type=float, default=300)
    parser.add_argument("--report", type=Path, default=Path("runs/soak.json"))
    parser.add_argument("--port", type=int, help="a free one by default")
    parser.add_argument("flags", nargs="*", help="flags of digits-serve")
    options = parser.parse_args()
    with serving(*options.flags, port=options.port) as served:
        report = uvloop.run(
            soak(
                served,
                per_s=options.per_s,
                seconds=options.minutes * 60,
                reload_every_s=options.reload_every_s,
            )
        )
    options.report.parent.mkdir(parents=True, exist_ok=True)
    options.report.write_text(json.dumps(report, indent=1))
    tell(report)
    sys.exit(not all(verdicts(report).values()))


if __name__ == "__main__":
    main()
