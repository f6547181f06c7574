"""What a run says at its end is aligned and carries its units."""

import re
import time
from importlib.metadata import version

from training.report import cost, libraries, table


def test_a_table_aligns_metrics_and_shows_shares_in_percent():
    lines = table({"test_accuracy": 0.99654, "test_nll": 0.0109123, "twin_agreement": 1.0}).splitlines()

    assert lines == ["  test_accuracy   99.65%", "  test_nll        0.0109", "  twin_agreement  100.00%"]


def test_cost_counts_from_when_work_began():
    said = cost(time.perf_counter() - 90)

    found = re.fullmatch(r"9[0-2] s, \d+ s of CPU time on \d+ cores, (\d+) MiB at most", said)
    assert 50 < int(found[1]) < 100_000


def test_versions_are_those_installed():
    found = libraries()

    for name in ("keras", "numpy", "ai-edge-litert"):
        assert found[name] == version(name)
