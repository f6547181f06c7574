"""What an operator sees of a request."""

import asyncio
import json
import logging
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from stub_service import GatedEngine, StubEngine, running, until

from service.logs import FIELDS, JsonFormatter, TextFormatter
from service.sharing import FOLDER_VARIABLE


@pytest.fixture
def request_lines(caplog):
    caplog.set_level(logging.INFO, "digits.request")
    return lambda: [getattr(r, FIELDS) for r in caplog.records if r.name == "digits.request"]


async def test_logs_one_line_a_request_with_id_status_and_time(client, seven, request_lines):
    before = len(request_lines())
    answer = await client.post("/predict", content=seven, headers={"X-Request-ID": "my-id.1"})

    (line,) = request_lines()[before:]
    assert answer.headers["x-request-id"] == "my-id.1"
    assert line.keys() == {"request_id", "method", "path", "status", "elapsed_ms"}
    assert (line["request_id"], line["path"], line["status"]) == ("my-id.1", "/predict", 200)
    assert line["elapsed_ms"] > 0


@pytest.mark.parametrize("given", ["", "two words", "x" * 65, "a\tb"])
async def test_replaces_a_request_id_that_does_not_belong_in_a_log(client, given):
    answer = await client.get("/health/live", headers={"X-Request-ID": given})

    assert len(answer.headers["x-request-id"]) == 32


async def test_a_path_cannot_forge_a_log_line(client, request_lines):
    await client.get("/%0a12:00:00%20ERROR%20fire")

    assert request_lines()[-1]["path"] == "/?12:00:00?ERROR?fire"


async def test_admits_a_bug_without_telling_about_it(seven, request_lines):
    class BuggyEngine(StubEngine):
        def predict(self, _):
            raise ZeroDivisionError("a secret")

    async with running(engine=BuggyEngine()) as client:
        answer = await client.post("/predict", content=seven)

    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert "secret" not in answer.text
    assert answer.headers["x-request-id"]
    assert request_lines()[-1]["status"] == 500


async def test_a_client_that_leaves_before_it_has_sent_all_is_no_bug(client, request_lines, caplog):
    scope = {"type": "http", "method": "POST", "path": "/predict", "query_string": b"", "headers": []}
    messages = iter(
        [{"type": "http.request", "body": b"half", "more_body": True}, {"type": "http.disconnect"}]
    )
    answers = []

    async def receive():
        return next(messages)

    async def send(message):
        answers.append(message)

    await client.app(scope, receive, send)

    assert request_lines()[-1]["status"] == "gone"
    assert not answers
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert 'route="/predict",status="gone"} 1.0' in (await client.get("/metrics")).text


async def test_counts_requests_by_route_and_predictions_by_digit(client, seven):
    for _ in range(3):
        await client.post("/predict", content=seven)
    await client.post("/predict", content=b"no image")
    for path in ("/a", "/b", "/c"):
        await client.get(path)
    await client.request("BREW", "/predict")

    text = (await client.get("/metrics")).text

    assert 'digits_requests_total{method="POST",route="/predict",status="200"} 3.0' in text
    assert 'digits_requests_total{method="POST",route="/predict",status="415"} 1.0' in text
    assert 'digits_requests_total{method="GET",route="unmatched",status="404"} 3.0' in text
    assert 'digits_predictions_total{digit="7"} 3.0' in text
    assert 'method="other"' in text
    assert 'method="BREW"' not in text


async def test_counts_where_the_time_went_and_how_sure_it_was(client, seven):
    for _ in range(2):
        await client.post("/predict", content=seven)
    await client.post("/predict", content=b"no image")

    text = (await client.get("/metrics")).text

    assert 'digits_stage_duration_seconds_count{stage="imaging"} 3.0' in text
    assert 'digits_stage_duration_seconds_count{stage="engine"} 2.0' in text
    assert 'digits_prediction_confidence_bucket{le="0.9"} 0.0' in text
    assert 'digits_prediction_confidence_bucket{le="0.95"} 2.0' in text
    assert "digits_batch_size_count 2.0" in text
    assert "digits_pending_requests 0.0" in text
    assert 'digits_predictions_total{digit="3"} 0.0' in text  # a rate needs the 0 before the 1


async def test_counts_each_batch_once(seven):
    engine = GatedEngine(batches=True)
    async with running(engine=engine) as client:
        first = asyncio.create_task(client.post("/predict", content=seven))
        await until(engine.entered.is_set)
        others = [asyncio.create_task(client.post("/predict", content=seven)) for _ in range(3)]
        await until(lambda: len(client.app.state.slot.recognizer._batcher._waiting) == 3)  # no other sign
        pending = (await client.get("/metrics")).text
        engine.may_go.set()
        await asyncio.gather(first, *others)
        text = (await client.get("/metrics")).text

    assert "digits_pending_requests 4.0" in pending
    assert "digits_batch_size_count 2.0" in text
    assert "digits_batch_size_sum 4.0" in text


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        pytest.param("POST", "/predict", "missing-image", id="ours"),
        pytest.param("GET", "/nowhere", "not-found", id="no-path"),
        pytest.param("GET", "/predict", "method-not-allowed", id="no-method"),
    ],
)
async def test_counts_and_logs_problems_by_their_code(client, request_lines, method, path, code):
    answer = await client.request(method, path)

    assert answer.json()["code"] == code
    assert request_lines()[-1]["problem"] == code
    assert f'digits_problems_total{{code="{code}"}} 1.0' in (await client.get("/metrics")).text


async def test_counts_of_problems_begin_at_zero(client):
    assert 'digits_problems_total{code="internal-error"} 0.0' in (await client.get("/metrics")).text


async def test_the_page_on_metrics_says_what_there_is(client, seven):
    client.app.state.metrics.serving_beside(1, ready=True)
    client.app.state.metrics.shadowed(2, 1, "agree")
    for picture in (seven, b""):
        await client.post("/predict", content=picture)
    page = (Path(__file__).parents[2] / "docs/metrics.md").read_text()
    rows = re.findall(r"^\| `(digits_\w+)` \| (\w+) \| (.*?) ?\| (.*) \|$", page, re.MULTILINE)
    told = {
        name: (kind, set(re.findall(r"`(\w+)`", labels)) - {"pid"}, meaning)
        for name, kind, labels, meaning in rows
    }

    families = text_string_to_metric_families((await client.get("/metrics")).text)

    counted = {
        each.name + "_total" * (each.type == "counter"): (
            each.type,
            {label for sample in each.samples for label in sample.labels} - {"le"},
            each.documentation,
        )
        for each in families
        if not each.name.endswith("_created")
    }
    assert told == counted


async def test_a_process_that_only_begins_to_count_does_not_break_the_metrics(client, tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    (tmp_path / "counter_1.db").touch()

    answer = await client.get("/metrics")

    assert answer.status_code == 200


@pytest.mark.parametrize("formatter", [TextFormatter(), JsonFormatter()], ids=["text", "json"])
def test_a_line_carries_its_values(formatter):
    record = logging.makeLogRecord({"msg": "request", "levelname": "INFO", FIELDS: {"status": 200}})

    line = formatter.format(record)

    assert "\n" not in line
    if isinstance(formatter, JsonFormatter):
        assert json.loads(line)["status"] == 200
    else:
        assert line.endswith("request status=200")
