"""What an operator sees of a request."""

import json
import logging

import pytest
from stub_service import StubEngine, running

from service.logs import FIELDS, JsonFormatter, TextFormatter
from service.metrics import MULTIPROCESS_VARIABLE


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


async def test_a_process_that_only_begins_to_count_does_not_break_the_metrics(client, tmp_path, monkeypatch):
    monkeypatch.setenv(MULTIPROCESS_VARIABLE, str(tmp_path))
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
