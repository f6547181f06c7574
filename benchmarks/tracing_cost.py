"""CPU time that a request's telemetry costs, traced and not: `python benchmarks/tracing_cost.py`.

Every thread of the process counts, so sending does too; a collector takes the spans or is gone.
"""

import asyncio
import logging
import os
import statistics
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import process_time, sleep

from machine import machine
from starlette.types import Message, Receive, Scope, Send

from service.inference.stopwatch import Stopwatch
from service.metrics import Metrics
from service.telemetry import WATCH, TelemetryMiddleware
from service.tracing import open_tracing

_REQUESTS = 400
_ROUNDS = 9


class _Collector(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    """Time all kinds in turn, and print the median of each."""
    logging.disable()
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = "100"  # each round sends what it made
    taking = HTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=taking.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{taking.server_port}"
    kinds = {
        "no traces": _telemetry("", "1"),
        "one trace in a hundred": _telemetry(url, "0.01"),
        "all traces": _telemetry(url, "1"),
        "all traces, collector gone": _telemetry("http://127.0.0.1:9", "1"),
    }
    costs_us: dict[str, list[float]] = {name: [] for name in kinds}
    for _ in range(_ROUNDS):
        for name, telemetry in kinds.items():
            costs_us[name].append(_cost_us(telemetry))
    print(machine())
    for name, costs in costs_us.items():
        print(f"{name}: {statistics.median(costs):.0f} us a request ({min(costs):.0f} to {max(costs):.0f})")


def _telemetry(endpoint: str, share: str) -> TelemetryMiddleware:
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint
    os.environ["OTEL_TRACES_SAMPLER"] = "parentbased_traceidratio"
    os.environ["OTEL_TRACES_SAMPLER_ARG"] = share
    return TelemetryMiddleware(_answer, metrics=Metrics(), on_bug=_answer, tracing=open_tracing())


def _cost_us(telemetry: TelemetryMiddleware) -> float:
    began_s = process_time()
    asyncio.run(_ask(telemetry))
    sleep(0.3)
    return (process_time() - began_s) / _REQUESTS * 1e6


async def _ask(telemetry: TelemetryMiddleware) -> None:
    for _ in range(_REQUESTS):
        scope = {"type": "http", "method": "POST", "scheme": "http", "path": "/predict", "headers": []}
        await telemetry(scope, _receive, _send)


async def _answer(scope: Scope, _: Receive, send: Send) -> None:
    watch = scope[WATCH] = Stopwatch()
    watch.lap("waiting")
    watch.lap("imaging")
    watch.lap("engine")
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def _receive() -> Message:
    return {"type": "http.request"}


async def _send(_: Message) -> None:
    pass


if __name__ == "__main__":
    main()
