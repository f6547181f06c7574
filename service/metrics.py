"""Prometheus metrics, right over one process or several."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from digits.contract import CLASSES
from service.errors import OverloadedError
from service.inference.engine import Answers
from service.inference.stopwatch import STAGES, Stopwatch
from service.sharing import FOLDER_VARIABLE, SharedCounts

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Those that HTTP has; whatever else clients send is one, `other`."""

_LATENCY_BUCKETS_S: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_STAGE_BUCKETS_S: Final = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0)
_CONFIDENCE_BUCKETS: Final = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)
_BATCH_BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64)


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
        self._by_kind: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
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
        self._by_digit = [self._predictions.labels(str(digit)) for digit in CLASSES]
        self._confidence = Histogram(
            "digits_prediction_confidence",
            "Probability of each digit that was recognized.",
            buckets=_CONFIDENCE_BUCKETS,
            registry=self._registry,
        )
        self._problems = Counter(
            "digits_problems",
            "Requests refused or failed, by the code that the answer carried.",
            ("code",),
            registry=self._registry,
        )
        self._stages = Histogram(
            "digits_stage_duration_seconds",
            "Time that requests spent in a stage of their work.",
            ("stage",),
            buckets=_STAGE_BUCKETS_S,
            registry=self._registry,
        )
        self._by_stage = {stage: self._stages.labels(stage) for stage in STAGES}
        self._batch = Histogram(
            "digits_batch_size",
            "Pictures in one call of the engine, for one picture each of as many requests.",
            buckets=_BATCH_BUCKETS,
            registry=self._registry,
        )
        self._pending = Gauge(
            "digits_pending_requests",
            "Requests whose picture has arrived and that have no answer yet.",
            registry=self._registry,
            multiprocess_mode="livesum",
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
            "Version of the model that serves, 0 where it was unloaded; with several workers, of each.",
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
        method = method if method in METHODS else "other"
        kind = method, route, status
        if kind not in self._by_kind:  # finding them by their labels costs more than counting
            requests = self._requests.labels(method, route, str(status or "gone"))
            self._by_kind[kind] = requests, self._latency.labels(route)
        requests, latency = self._by_kind[kind]
        requests.inc()
        latency.observe(elapsed_s)

    def refused(self, route: str, count: int) -> None:
        """Count requests that were refused by their heads, in no time worth counting."""
        self._requests.labels("POST", route, "503").inc(count)
        self._problems.labels(OverloadedError.code).inc(count)

    def predicted(self, digit: int, confidence: float) -> None:
        """Count one recognized digit and how sure it is, 0-1."""
        self._by_digit[digit].inc()
        self._confidence.observe(confidence)

    def problem(self, code: str) -> None:
        """Count one problem that was answered; the codes are those of the table in `problems`."""
        self._problems.labels(code).inc()

    def expect_problems(self, codes: Iterable[str]) -> None:
        """Let the counts of these begin at 0: an increase from nothing is none to Prometheus."""
        for code in codes:
            self._problems.labels(code)

    def worked(self, watch: Stopwatch) -> None:
        """Count where the time of one request went, and the engine's call if it was the first in it."""
        for stage, since_s, until_s in watch.laps:
            self._by_stage[stage].observe(until_s - since_s)
        if watch.batch:
            self._batch.observe(watch.batch)

    def pending(self, requests: int) -> None:
        """Say how many requests are inside."""
        self._pending.set(requests)

    def answered_by(self, version: int, pictures: int = 1) -> None:
        """Count pictures that a version answered."""
        self._answers.labels(str(version)).inc(pictures)

    def gave(self, answers: Answers, version: int) -> None:
        """Count the answers to one request of many pictures."""
        for row in answers.probabilities:
            digit = int(row.argmax())
            self.predicted(digit, float(row[digit]))
        self.answered_by(version, len(answers))

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
        if not os.environ.get(FOLDER_VARIABLE):
            return generate_latest(self._registry)
        shared = CollectorRegistry()
        shared.register(SharedCounts(Path(os.environ[FOLDER_VARIABLE])))
        return generate_latest(shared)
