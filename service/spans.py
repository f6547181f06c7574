"""A request's trace, as OpenTelemetry's SDK sends it: the only module that knows OpenTelemetry.

Its SDK is used, not the automatic instrumentation of FastAPI: that wraps every message of every request
and sees none of the stages.
"""

import threading
import time
from collections.abc import Mapping
from typing import Final
from uuid import uuid4

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.semconv.attributes import error_attributes, http_attributes, url_attributes
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from service.about import VERSION
from service.inference.stopwatch import Stopwatch

_FLUSH_S: Final = 2.0
"""How long a shutdown waits for the collector to take what is left."""

_ATTRIBUTES: Final = {
    "method": http_attributes.HTTP_REQUEST_METHOD,
    "route": http_attributes.HTTP_ROUTE,
    "status": http_attributes.HTTP_RESPONSE_STATUS_CODE,
    "path": url_attributes.URL_PATH,
    "scheme": url_attributes.URL_SCHEME,
    "error": error_attributes.ERROR_TYPE,
}


class Spans:
    """Makes each request that ended a span, and each lap of its stopwatch a child of that.

    They are sent in batches by a thread of their own; when the collector takes none, they are dropped.
    Whatever else there is to choose (sampling, headers, batches), the standard OTEL_* variables choose.
    """

    def __init__(self) -> None:
        self._provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("digits", VERSION)
        self._w3c = TraceContextTextMapPropagator()

    def record(
        self,
        headers: Mapping[str, str],
        facts: Mapping[str, str | int],
        *,
        since_s: float,
        watch: Stopwatch | None,
    ) -> str:
        """Trace one request that has just ended.

        Args:
            headers: The request's; `traceparent` says whose trace it belongs to.
            facts: What is known of it: method, scheme, path, and where there is one route, status and error;
                other names stay as they are.
            since_s: When it began, in seconds of `time.perf_counter`.
            watch: Where its time went.

        Returns:
            The trace's id, 32 hexadecimal digits.
        """
        epoch_s = time.time() - time.perf_counter()
        parent = self._w3c.extract(headers, context=Context())
        route = facts.get("route")
        span = self._tracer.start_span(
            f"{facts['method']} {route}" if route else str(facts["method"]),
            context=parent,
            kind=SpanKind.SERVER,
            attributes={_ATTRIBUTES.get(name, name): value for name, value in facts.items()},
            start_time=_ns(epoch_s + since_s),
        )
        if span.is_recording():
            if "error" in facts:
                span.set_status(StatusCode.ERROR)
            inside = set_span_in_context(span, Context())
            for stage, began_s, ended_s in watch.laps if watch else ():
                child = self._tracer.start_span(stage, context=inside, start_time=_ns(epoch_s + began_s))
                child.end(_ns(epoch_s + ended_s))
        span.end()
        return format_trace_id(span.get_span_context().trace_id)

    def close(self) -> None:
        """Send what is left; give up on a collector that does not take it soon."""
        flush = threading.Thread(target=self._provider.shutdown, daemon=True)
        flush.start()
        flush.join(_FLUSH_S)


def _resource() -> Resource:
    """Who sends; OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word."""
    own = {
        "service.name": "digits",
        "service.version": VERSION,
        "service.instance.id": str(uuid4()),
    }
    return Resource.create({**own, **OTELResourceDetector().detect().attributes})


def _ns(epoch_s: float) -> int:
    return int(epoch_s * 1e9)
