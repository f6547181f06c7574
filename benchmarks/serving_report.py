"""Tables and a chart of what `serving.py` measured: medians over rounds, ratios within them."""

import statistics
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from contenders import CONTENDERS, SERVERS
from drawn import draw

Results: TypeAlias = dict[str, Any]


def tables(results: Results) -> str:
    """Everything as Markdown."""
    parts = [results["machine"], _loads(results), _starts(results), _ratios(results)]
    return "\n\n".join(part for part in parts if part) + "\n"


def chart(results: Results, path: Path) -> None:
    """Requests a second and p99 by connections, one column a picture."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    pictures = _in_order(run["picture"] for run in results["runs"])
    keys = _in_order(run["contender"] for run in results["runs"])
    connections = sorted({run["connections"] for run in results["runs"]})
    figure, axes = plt.subplots(
        2, len(pictures), figsize=(5.2 * len(pictures), 6), squeeze=False, sharex=True
    )
    for column, picture in enumerate(pictures):
        for row, (value, label) in enumerate((("per_s", "requests/s"), ("p99_ms", "p99, ms"))):
            axis = axes[row][column]
            for key in keys:
                values = [_median(results, key, picture, number, value) for number in connections]
                ours = key.startswith("digits")
                axis.plot(
                    range(len(connections)),
                    values,
                    marker="o",
                    label=CONTENDERS[key].name,
                    linewidth=2.5 if ours else 1.2,
                    linestyle="--" if key == "bare" else "-",
                )
            axis.set_yscale("log")
            axis.set_xticks(range(len(connections)), connections)
            axis.set_ylabel(label)
            axis.grid(alpha=0.3)
        axes[0][column].set_title(draw(picture).name)
        axes[1][column].set_xlabel("connections")
    handles, names = axes[0][0].get_legend_handles_labels()
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    beside = axes[0][-1].transAxes
    figure.legend(
        handles, names, loc="upper left", bbox_to_anchor=(1.02, 1), bbox_transform=beside, frameon=False
    )
    figure.savefig(path, dpi=110, bbox_inches="tight")
    plt.close(figure)


def _loads(results: Results) -> str:
    lines = [
        "| picture | connections | server | requests/s | p50 ms | p99 ms | CPU ms each | refused | broken |",
        "|---|--:|---|--:|--:|--:|--:|--:|--:|",
    ]
    groups = _in_order(
        (run["picture"], run["connections"], run["contender"])
        for run in sorted(results["runs"], key=lambda run: (-len(run["picture"]), run["connections"]))
    )
    for picture, connections, key in groups:
        p50, p99, cpu = (
            f"{_median(results, key, picture, connections, value):.2f}"
            for value in ("p50_ms", "p99_ms", "cpu_ms")
        )
        per_s = f"{_median(results, key, picture, connections, 'per_s'):,.0f}"
        refused, broken = (
            sum(_values(results, key, picture, connections, value)) for value in ("refused", "broken")
        )
        lines.append(
            f"| {draw(picture).name} | {connections} | {CONTENDERS[key].name} | {per_s} | {p50} | {p99} "
            f"| {cpu} | {refused:.0f} | {broken:.0f} |"
        )
    return "\n".join(lines)


def _starts(results: Results) -> str:
    lines = [
        "| server | ready after s | processes | memory MB | largest process MB |",
        "|---|--:|--:|--:|--:|",
    ]
    for key in _in_order(start["contender"] for start in results["starts"]):
        mine = [start for start in results["starts"] if start["contender"] == key]
        ready, memory, largest = (
            statistics.median(start[value] for start in mine)
            for value in ("ready_s", "memory_mb", "largest_mb")
        )
        name, processes = CONTENDERS[key].name, mine[0]["processes"]
        lines.append(f"| {name} | {ready:.2f} | {processes} | {memory:.0f} | {largest:.0f} |")
    return "\n".join(lines)


def _ratios(results: Results) -> str:
    """Digits against the best server, plain FastAPI, mosec's p50, and the bare costs: median (min to max)."""
    lines = ["| picture | connections | ratio | median (min to max) |", "|---|--:|---|--:|"]
    for picture, connections in _in_order((run["picture"], run["connections"]) for run in results["runs"]):
        for name, values in _ratios_of(results, picture, connections).items():
            if values:
                spread = f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"
                lines.append(f"| {draw(picture).name} | {connections} | {name} | {spread} |")
    return "\n".join(lines)


def _ratios_of(results: Results, picture: str, connections: int) -> dict[str, list[float]]:
    ratios: dict[str, list[float]] = {}
    for round_ in _in_order(run["round"] for run in results["runs"]):
        runs = {
            run["contender"]: run
            for run in results["runs"]
            if (run["round"], run["picture"], run["connections"]) == (round_, picture, connections)
        }
        for name, ratio in _ratios_in(runs, _bare(results, round_, picture)).items():
            ratios.setdefault(name, []).append(ratio)
    return ratios


def _ratios_in(runs: dict[str, Results], work_ms: float) -> dict[str, float]:
    found: dict[str, float] = {}
    runs = {key: run for key, run in runs.items() if run["per_s"]}  # who answered nothing has no times
    ours, servers = runs.get("digits"), [runs[key] for key in SERVERS if key in runs]
    if ours and servers:
        best = max(servers, key=lambda run: run["per_s"])
        found["requests/s to the best server's"] = ours["per_s"] / best["per_s"]
        found["p99 to the best server's"] = ours["p99_ms"] / best["p99_ms"]
    if ours and "mosec" in runs:
        found["p50 to mosec's"] = ours["p50_ms"] / runs["mosec"]["p50_ms"]
    if ours and "fastapi" in runs:
        found["requests/s to FastAPI + LiteRT"] = ours["per_s"] / runs["fastapi"]["per_s"]
        found["CPU to FastAPI + LiteRT"] = ours["cpu_ms"] / runs["fastapi"]["cpu_ms"]
    if ours and "bare" in runs:
        found["CPU to decode + imaging + network + bare FastAPI"] = ours["cpu_ms"] / (
            work_ms + runs["bare"]["cpu_ms"]
        )
    tensorflow, mosec = runs.get("digits-tensorflow"), runs.get("mosec-tensorflow")
    if tensorflow and mosec:
        found["TensorFlow: requests/s to mosec's"] = tensorflow["per_s"] / mosec["per_s"]
        found["TensorFlow: p99 to mosec's"] = tensorflow["p99_ms"] / mosec["p99_ms"]
    return found


def _bare(results: Results, round_: int, picture: str) -> float:
    costs = next(each for each in results["bare"] if (each["round"], each["picture"]) == (round_, picture))
    return float(costs["decode_ms"] + costs["imaging_ms"] + costs["network_ms"])


def _values(results: Results, key: str, picture: str, connections: int, value: str) -> list[float]:
    return [
        run[value]
        for run in results["runs"]
        if (run["contender"], run["picture"], run["connections"]) == (key, picture, connections)
    ]


def _median(results: Results, key: str, picture: str, connections: int, value: str) -> float:
    return statistics.median(_values(results, key, picture, connections, value))


def _in_order(values: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(values))
