"""Prometheus metrics, right over one process or several."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MULTIPROCESS_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
"""Where it is set, processes share their counts through files in that folder."""

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_LATENCY_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """The service's counters. Labels take few values, whatever clients send."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "digits_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._latency = Histogram(
            "digits_request_duration_seconds",
            "Time from a request's first byte to its answer's last.",
            ("route",),
            buckets=_LATENCY_BUCKETS_S,
            registry=self._registry,
        )
        self._predictions = Counter(
            "digits_predictions",
            "Digits recognized, by the answer given.",
            ("digit",),
            registry=self._registry,
        )
        self._answers = Counter(
            "digits_answers",
            "Pictures answered, by the version of the model that answered.",
            ("version",),
            registry=self._registry,
        )
        self._shadowed = Counter(
            "digits_shadowed",
            "Pictures in the shadow's share, by what came of it: agree, disagree, failed or dropped.",
            ("primary", "shadow", "outcome"),
            registry=self._registry,
        )
        self._loads = Counter(
            "digits_model_loads",
            "Models loaded, at start and by reloads, and those that could not be.",
            ("outcome",),
            registry=self._registry,
        )
        for outcome in ("loaded", "refused"):
            self._loads.labels(outcome)  # there from the start: a rate needs the 0 before the 1
        self._version = Gauge(
            "digits_model_version",
            "Version of the model that serves; with several workers, of each.",
            registry=self._registry,
            multiprocess_mode="liveall",
        )

        self._beside = Gauge(
            "digits_version_beside",
            "1 for a further version that serves beside that one, 0 for one that cannot.",
            ("version",),
            registry=self._registry,
            multiprocess_mode="liveall",
        )

    def answered(self, method: str, route: str, status: int, elapsed_s: float) -> None:
        """Count one answered request; status 0 says that the client was gone first."""
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status or "gone")).inc()
        self._latency.labels(route).observe(elapsed_s)

    def predicted(self, digit: int) -> None:
        """Count one recognized digit."""
        self._predictions.labels(str(digit)).inc()

    def answered_by(self, version: int) -> None:
        """Count one picture that a version answered."""
        self._answers.labels(str(version)).inc()

    def shadowed(self, primary: int, shadow: int, outcome: str) -> None:
        """Count one picture in the shadow's share: agree, disagree, failed or dropped."""
        self._shadowed.labels(str(primary), str(shadow), outcome).inc()

    def loaded(self) -> None:
        """Count one model that serves from now on."""
        self._loads.labels("loaded").inc()

    def load_refused(self) -> None:
        """Count one model that could not be loaded."""
        self._loads.labels("refused").inc()

    def serving(self, version: int) -> None:
        """Say which version answers unasked."""
        self._version.set(version)

    def serving_beside(self, version: int, *, ready: bool) -> None:
        """Say whether a further version serves."""
        self._beside.labels(str(version)).set(ready)

    def exposition(self) -> bytes:
        """All counts in Prometheus' text format, summed over the processes that share them."""
        if not os.environ.get(MULTIPROCESS_VARIABLE):
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        shared.register(_SharedMetrics(Path(os.environ[MULTIPROCESS_VARIABLE])))
        return generate_latest(shared)


class _SharedMetrics(Collector):
    """What all processes count, without files that are only being made: empty ones break the library."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterable[Metric]:
        """Sum the files."""
        files = [str(file) for file in self._folder.glob("*.db") if _has_bytes(file)]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return metrics


def _has_bytes(file: Path) -> bool:
    try:
        return file.stat().st_size > 0
    except FileNotFoundError:  # its process died, and the supervisor cleaned up
        return False
