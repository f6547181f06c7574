"""Threads are counted by what the process may use, not by what the machine has."""

import os

import pytest

from digits.cpus import usable_cpus
from service.settings import Settings

ALL = len(os.sched_getaffinity(0))


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        pytest.param({}, "/", ALL, id="no-groups"),
        pytest.param({"cpu.max": "max 100000"}, "/", ALL, id="no-quota"),
        pytest.param({"cpu.max": "100000 100000"}, "/", 1, id="quota"),
        pytest.param({"cpu.max": "50000 100000"}, "/", 1, id="half-a-cpu"),
        pytest.param({"cpu.max": "6400000 100000"}, "/", ALL, id="quota-beyond-the-machine"),
        pytest.param({"pod/cpu.max": "100000 100000"}, "/pod/box", 1, id="of-a-group-above"),
        pytest.param({"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, "/", 1, id="v1"),
        pytest.param(
            {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, "/", ALL, id="v1-none"
        ),
        pytest.param({"cpu.max": "nonsense"}, "/", ALL, id="nonsense"),
    ],
)
def test_counts_the_cpus_that_may_be_used(tmp_path, files, own, expected):
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    membership = tmp_path / "membership"
    membership.write_text(f"0::{own}\n")

    assert usable_cpus(tmp_path, membership) == expected


def test_workers_share_the_cpus():
    assert Settings(workers=1).threads == usable_cpus()
    assert Settings(workers=1000).threads == 1
    assert Settings(workers=1000, threads=3).threads == 3
