"""Whether requests are traced, and what the service asks of whoever does it."""

import logging
import os
from collections.abc import Mapping
from typing import Final, Protocol

from digits.errors import to_install
from service.inference.stopwatch import Stopwatch

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
"""OpenTelemetry's own variables for where traces go; without either there are none."""

log = logging.getLogger("digits.serve")


class Tracing(Protocol):
    """What traces requests; `Spans` does."""

    def record(
        self,
        headers: Mapping[str, str],
        facts: Mapping[str, str | int],
        *,
        since_s: float,
        watch: Stopwatch | None,
    ) -> str:
        """Trace one request that has just ended, and return the trace's id; see `Spans.record`."""
        ...

    def close(self) -> None:
        """Send what is left."""
        ...


def open_tracing() -> Tracing | None:
    """Start tracing if the environment names where to and OpenTelemetry is installed.

    An operator may set the variable for a whole cluster, so its lack is no reason not to serve.
    """
    endpoint = next((name for name in ENDPOINTS if os.environ.get(name)), None)
    if not endpoint or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    try:
        from service.spans import Spans
    except ModuleNotFoundError as missing:
        log.warning(
            "%s is set, but nothing is traced: %s is not installed; %s",
            endpoint,
            missing.name,
            to_install("tracing"),
        )
        return None
    return Spans()
