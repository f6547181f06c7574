"""How many CPUs this process may use, whether the kernel or a container says so."""

import os
from math import floor
from pathlib import Path
from typing import Final

CGROUPS: Final = Path("/sys/fs/cgroup")
MEMBERSHIP: Final = Path("/proc/self/cgroup")


def usable_cpus(cgroups: Path = CGROUPS, membership: Path = MEMBERSHIP) -> int:
    """CPUs that the process is allowed to run on, or fewer where a container's quota is less; at least 1.

    A quota of 1.5 CPUs counts as 1: with more threads than it allows, the kernel stops all of them for
    the rest of each period.

    Args:
        cgroups: Where the control groups are mounted.
        membership: Says which of them this process is in.
    """
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, floor(min([allowed, *_quotas(cgroups, membership)])))


def _quotas(cgroups: Path, membership: Path) -> list[float]:
    """Those of version 2's group of this process and of all above it, and of version 1's, in CPUs."""
    own = next((line[3:] for line in _read(membership).splitlines() if line.startswith("0::")), "/").strip(
        "/"
    )
    group = cgroups / own
    folders = [group, *(each for each in group.parents if each.is_relative_to(cgroups))]
    found = [_read(folder / "cpu.max").split() for folder in folders]
    old = [_read(cgroups / "cpu" / f"cpu.cfs_{name}_us").strip() for name in ("quota", "period")]
    return [
        int(quota) / int(period)
        for quota, period in (each for each in (*found, old) if len(each) == 2)
        if quota.isdecimal() and period.isdecimal() and int(period)
    ]


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
