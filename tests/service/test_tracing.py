"""A collector hears of each request: real OTLP over real HTTP, decoded."""

import builtins
import logging
import os
import socket
import sys
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from served_process import serving
from stub_service import StubEngine, running

from service.logs import FIELDS
from service.tracing import open_tracing

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"


class Collector(HTTPServer):
    """Keeps what it is sent."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.heard = []

    def spans(self):
        return [
            span
            for request in self.heard
            for of_resource in request.resource_spans
            for of_scope in of_resource.scope_spans
            for span in of_scope.spans
        ]

    def resource(self):
        return told(self.heard[0].resource_spans[0].resource)


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        assert (self.path, self.headers["content-type"]) == ("/v1/traces", "application/x-protobuf")
        self.server.heard.append(ExportTraceServiceRequest.FromString(body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def told(of):
    """Attributes, by name."""
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in of.attributes}


@contextmanager
def listening():
    with Collector() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def collector(monkeypatch):
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    with listening() as server:
        monkeypatch.setenv(ENDPOINT, server.url)
        yield server


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "digits.request")
    return lambda: [getattr(r, FIELDS) for r in caplog.records if r.name == "digits.request"]


def traced(**changes):
    return running(tracing=open_tracing(), **changes)


async def test_a_request_is_a_span_and_its_stages_are_children(collector, seven, lines):
    before_ns = time.time_ns()
    async with traced() as client:
        await client.post("/predict", content=seven, headers={"X-Request-ID": "my-id"})
        line = lines()[-1]

    *stages, request = collector.spans()
    assert (request.name, request.kind, request.parent_span_id) == ("POST /predict", 2, b"")
    assert told(request) == {
        "http.request.method": "POST",
        "http.route": "/predict",
        "http.response.status_code": 200,
        "url.path": "/predict",
        "url.scheme": "http",
        "digits.request_id": "my-id",
    }
    assert [stage.name for stage in stages] == ["waiting", "imaging", "engine"]
    assert line["trace_id"] == request.trace_id.hex()
    for stage in stages:
        assert (stage.trace_id, stage.parent_span_id) == (request.trace_id, request.span_id)
        assert (
            request.start_time_unix_nano
            <= stage.start_time_unix_nano
            <= stage.end_time_unix_nano
            <= request.end_time_unix_nano
        )
    assert (
        before_ns - 10**7 < request.start_time_unix_nano < request.end_time_unix_nano < time.time_ns() + 10**7
    )
    who = collector.resource()
    assert who["service.name"] == "digits"
    assert {"service.version", "service.instance.id", "telemetry.sdk.language"} <= who.keys()


async def test_a_request_goes_on_in_the_trace_of_its_client(collector, seven, lines):
    async with traced() as client:
        await client.post("/predict", content=seven, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})

    assert {span.trace_id.hex() for span in collector.spans()} == {TRACE}
    assert collector.spans()[-1].parent_span_id.hex() == PARENT
    assert lines()[-1]["trace_id"] == TRACE


@pytest.mark.parametrize("given", ["", "00-0-0-01", f"00-{'0' * 32}-{PARENT}-01", "x" * 1000])
async def test_a_broken_traceparent_begins_a_trace_of_its_own(collector, given):
    async with traced() as client:
        await client.get("/health/live", headers={"traceparent": given})

    (span,) = collector.spans()
    assert span.parent_span_id == b""
    assert any(span.trace_id)


async def test_what_the_client_does_not_sample_is_not_sent(collector, lines):
    async with traced() as client:
        await client.get("/health/live", headers={"traceparent": f"00-{TRACE}-{PARENT}-00"})

    assert collector.heard == []
    assert lines()[-1]["trace_id"] == TRACE


async def test_failures_are_errors_and_refusals_are_not(collector, seven):
    class BuggyEngine(StubEngine):
        def predict(self, _):
            raise ZeroDivisionError("a secret")

    async with traced(engine=BuggyEngine()) as client:
        await client.post("/predict", content=seven)
        await client.post("/predict", content=b"no picture")
        await client.request("BREW", "/coffee")

    failed, refused, unmatched = [span for span in collector.spans() if span.kind == 2]
    assert (failed.status.code, told(failed)["error.type"]) == (2, "internal-error")
    assert (refused.status.code, told(refused)["digits.problem"]) == (0, "unreadable-image")
    assert unmatched.name == "_OTHER"
    assert "http.route" not in told(unmatched)
    assert "secret" not in str(collector.heard)


async def test_the_standard_variables_have_the_last_word(collector, monkeypatch):
    monkeypatch.setenv("OTEL_SERVICE_NAME", "reader")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
    async with traced() as client:
        await client.get("/health/live")

    assert collector.resource()["service.name"] == "reader"
    assert collector.resource()["deployment.environment.name"] == "test"


@pytest.mark.usefixtures("collector")
@pytest.mark.parametrize("changes", [{ENDPOINT: ""}, {"OTEL_SDK_DISABLED": "true"}])
def test_nothing_is_traced_unless_asked_for(monkeypatch, changes):
    for name, value in changes.items():
        monkeypatch.setenv(name, value)

    assert open_tracing() is None


@pytest.mark.usefixtures("collector")
def test_says_what_to_install(monkeypatch, caplog):
    monkeypatch.delitem(sys.modules, "service.spans")
    load = builtins.__import__

    def without(name, *rest):
        if name.startswith("opentelemetry"):
            raise ModuleNotFoundError(name, name=name)
        return load(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)

    assert open_tracing() is None
    assert ENDPOINT in caplog.text
    assert "pip install 'FOLDER[tracing]'" in caplog.text


@pytest.mark.usefixtures("collector")
async def test_a_collector_that_is_gone_or_never_answers_harms_nobody(monkeypatch, seven):
    monkeypatch.setattr("service.spans._FLUSH_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv(ENDPOINT, f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "1")
        async with traced() as client:
            statuses = {(await client.post("/predict", content=seven)).status_code for _ in range(20)}
            ending_s = time.monotonic()
        ended_s = time.monotonic()

    assert statuses == {200}
    assert ended_s - ending_s < 5, "OpenTelemetry's own patience is 30 s"


def test_a_process_sends_what_is_left_when_it_is_told_to_stop(collector, tmp_path, seven):
    with serving("--log-format", "json", log_path=tmp_path / "log") as (_, client):
        client.post("/predict", content=seven, headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})

    assert f'"trace_id": "{TRACE}"' in (tmp_path / "log").read_text()
    mine = [span.name for span in collector.spans() if span.trace_id.hex() == TRACE]
    assert sorted(mine) == ["POST /predict", "engine", "imaging", "waiting"]
