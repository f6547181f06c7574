"""A small picture is answered at once, past the application, and nobody can tell."""

import json
import time
from itertools import groupby

import pytest
from listening import listening
from pictures import draw_seven, encode
from PIL import Image
from stub_service import GatedEngine, StubEngine, until

from service.answering import Answering
from service.door import Door
from service.express import Express
from service.settings import Settings
from service.telemetry import Journal

pytestmark = pytest.mark.timeout(20)

KEY = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"
SEVEN = encode(draw_seven())
BLANK = encode(Image.new("L", (64, 64), "white"))
LARGE = encode(draw_seven()) + b" " * 16 * 1024


class QuickEngine(StubEngine):
    """Answers in the event loop's thread."""

    is_quick = True


@pytest.fixture
def taken(monkeypatch):
    """For each request that may be answered at once, whether it was."""
    found = []
    begin = Express.begin

    def noting(*args, **options):
        begun = begin(*args, **options)
        found.append(begun is not None and (begun.attempt.is_sure or begun.attempt.waits))
        return begun

    monkeypatch.setattr(Express, "begin", noting)
    return found


def request(body=SEVEN, *, path="/predict", version="1.1", **headers):
    fields = {"Content-Type": "image/png"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value is not None)
    return (
        f"POST {path} HTTP/{version}\r\nHost: here\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )


def comparable(headers):
    return {name: value for name, value in headers.items() if name not in {"x-request-id", "date"}}


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="png"),
        pytest.param({"Content_Type": "application/octet-stream"}, id="octets"),
        pytest.param({"Content_Type": "image/whatever"}, id="whatever-it-is-called"),
        pytest.param({"X_Request_ID": "mine"}, id="with-an-id"),
        pytest.param({"Connection": "close"}, id="closing"),
        pytest.param({"version": "1.0"}, id="http-1.0"),
    ],
)
@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
async def test_gives_the_answer_that_the_application_gives(taken, options, batches):
    async with listening(engine=QuickEngine(confidence=0.999, batches=batches)) as (talk, _):
        at_once = await (await talk(request(**options))).hear()
        slowly = await (await talk(request(path="/predict?explain=false", **options))).hear()

    assert taken == [True, False]
    assert (at_once[0], at_once[2]) == (slowly[0], slowly[2]) == (200, at_once[2])
    assert comparable(at_once[1]) == comparable(slowly[1])
    assert list(comparable(at_once[1])) == list(comparable(slowly[1])), "in the same order"
    assert at_once[1]["x-request-id"]
    if "X_Request_ID" in options:
        assert at_once[1]["x-request-id"] == "mine"


@pytest.mark.parametrize(
    ("status", "options"),
    [
        pytest.param(415, {"body": b"%PDF-1.7"}, id="no-picture"),
        pytest.param(400, {"body": b""}, id="empty"),
        pytest.param(422, {"body": BLANK}, id="blank"),
        pytest.param(415, {"body": SEVEN[: len(SEVEN) // 2]}, id="broken"),
        pytest.param(415, {"Content_Type": "text/html"}, id="media-type"),
        pytest.param(200, {"Content_Type": None}, id="no-media-type"),
        pytest.param(200, {"body": LARGE}, id="large"),
        pytest.param(200, {"body": encode(draw_seven(), "JPEG"), "Content_Type": "image/jpeg"}, id="jpeg"),
    ],
)
async def test_leaves_the_rest_to_the_application(taken, status, options):
    async with listening(engine=QuickEngine(confidence=0.999)) as (talk, _):
        found = await (await talk(request(**options))).hear()

    assert taken == [False]
    assert found[0] == status


@pytest.mark.parametrize(
    ("settings", "engine", "status"),
    [
        pytest.param({"api_keys_sha256": KEY}, QuickEngine(confidence=0.999), 401, id="where-keys-are-asked"),
        pytest.param({"max_upload_bytes": 10}, QuickEngine(confidence=0.999), 413, id="too-many-bytes"),
        pytest.param({}, QuickEngine(confidence=0.5), 200, id="doubtful"),
        pytest.param({}, StubEngine(confidence=0.999), 200, id="engine-that-takes-a-thread"),
    ],
)
async def test_leaves_all_to_the_application(taken, settings, engine, status):
    async with listening(Settings(**settings), engine=engine) as (talk, _):
        found = await (await talk(request())).hear()

    assert True not in taken
    assert found[0] == status


@pytest.mark.parametrize(
    ("path", "waited_s", "takes"),
    [("/predict", 1.9, True), ("/digits/predict", 0, True), ("/predict", 2.0, False), ("/read", 0, False)],
    ids=["predict", "below-the-root-path", "waited-too-long", "other-route"],
)
def test_takes_what_is_in_time_and_for_its_route(path, waited_s, takes):
    scope = {"query_string": b"", "path": path, "headers": [(b"content-type", b"image/png")]}
    express = Express(None, None, None, root_path="/digits", max_bytes=2**20, deadline_s=2.0)

    assert express.takes(scope, SEVEN, waited_s) is takes


@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
async def test_counts_and_logs_as_the_application_does(taken, caplog, batches):
    caplog.set_level("INFO", "digits.request")
    async with listening(engine=QuickEngine(confidence=0.999, batches=batches)) as (talk, _):
        for path in ("/predict", "/predict?explain=false"):
            await (await talk(request(path=path, X_Request_ID="mine"))).hear()
        _, _, metrics = await (await talk(b"GET /metrics HTTP/1.1\r\nHost: here\r\n\r\n")).hear()

    assert taken == [True, False]
    lines = [record.fields | {"elapsed_ms": 0} for record in caplog.records if record.message == "request"]
    assert lines[0] == lines[1]
    counts = dict(line.rsplit(" ", 1) for line in metrics.decode().splitlines() if line[:1] != "#")
    assert counts['digits_requests_total{method="POST",route="/predict",status="200"}'] == "2.0"
    assert counts['digits_predictions_total{digit="7"}'] == "2.0"
    assert counts['digits_answers_total{version="3"}'] == "2.0"
    assert counts['digits_stage_duration_seconds_count{stage="imaging"}'] == "2.0"
    assert counts["digits_batch_size_count"] == "2.0"


@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
async def test_several_requests_at_once_on_one_connection_are_answered_in_order(batches):
    async with listening(engine=QuickEngine(confidence=0.999, batches=batches)) as (talk, _):
        talker = await talk(b"".join(request(X_Request_ID=str(number)) for number in range(4)))
        heard = [(await talker.hear())[1]["x-request-id"] for _ in range(4)]

    assert heard == ["0", "1", "2", "3"]


class SlowEngine(QuickEngine):
    """Takes 10 ms of the event loop."""

    def predict(self, images):
        time.sleep(0.01)
        return super().predict(images)


async def test_others_are_heard_between_two_pictures():
    engine = SlowEngine(confidence=0.999)
    async with listening(Settings(threads=16), engine=engine) as (talk, _):
        waiting = [await talk() for _ in range(30)]
        health = await talk()
        for each in waiting:
            each.say(request())
        health.say(b"GET /health/live HTTP/1.1\r\nHost: here\r\n\r\n")
        await health.hear()
        read_before = len(engine.calls)
        statuses = [(await each.hear())[0] for each in waiting]

    assert statuses == [200] * 30
    assert read_before < 10, "one a turn, and the answer itself takes some turns"


@pytest.mark.parametrize(("turn_s", "most"), [(1.0, 4), (0.001, 1)], ids=["quick", "slow"])
async def test_where_many_wait_some_are_read_together_before_they_are_answered(monkeypatch, turn_s, most):
    monkeypatch.setattr("service.door._TURN_S", turn_s)
    done, engine = [], SlowEngine(confidence=0.999)
    note(done, "read", monkeypatch, engine, "predict")
    note(done, "answered", monkeypatch, Express, "answer")
    async with listening(Settings(threads=1), engine=engine) as (talk, _):
        waiting = [await talk() for _ in range(40)]
        for each in waiting:
            each.say(request())
        statuses = [(await each.hear())[0] for each in waiting]

    assert statuses == [200] * 40
    runs = [len(list(run)) for _, run in groupby(done)]
    assert runs[::2] == runs[1::2], "all that were read are answered before others are read"
    assert max(runs) == most
    assert runs[-2:] == [1, 1]


async def test_refused_pictures_do_not_fill_a_turn(monkeypatch):
    monkeypatch.setattr("service.door._TURN_S", 1.0)
    done = []
    note(done, "turn", monkeypatch, Door, "_start_some")
    note(done, "begun", monkeypatch, Express, "begin")
    async with listening(Settings(threads=1), engine=StubEngine(batches=True)) as (talk, _):
        waiting = [await talk() for _ in range(40)]
        for each in waiting:
            each.say(request(BLANK))
        statuses = [(await each.hear())[0] for each in waiting]

    assert statuses == [422] * 40
    assert max(len(list(run)) for what, run in groupby(done) if what == "begun") <= 4


def note(done, what, monkeypatch, owner, name):
    method = getattr(owner, name)

    def noting(*args, **options):
        done.append(what)
        return method(*args, **options)

    monkeypatch.setattr(owner, name, noting)


async def test_a_bug_while_one_is_answered_is_its_alone(monkeypatch):
    conclude, bad = Answering.conclude, SEVEN + b" "

    def broken(self, recognizer, picture, recognition):
        if picture == bad:
            raise RuntimeError("a bug")
        return conclude(self, recognizer, picture, recognition)

    monkeypatch.setattr(Answering, "conclude", broken)
    async with listening(engine=SlowEngine(confidence=0.999)) as (talk, _):
        waiting = [await talk() for _ in range(40)]
        for number, each in enumerate(waiting):
            each.say(request(bad if number == 20 else SEVEN))
        statuses = [(await each.hear())[0] for each in waiting]

    assert statuses == [200] * 20 + [500] + [200] * 19


async def test_what_cannot_be_written_down_is_answered(monkeypatch, caplog):
    def broken(*_):
        raise RuntimeError("a bug")

    async with listening(engine=QuickEngine(confidence=0.999)) as (talk, _):
        monkeypatch.setattr(Journal, "record", broken)
        talker = await talk(request())
        statuses = [(await talker.hear())[0]]
        monkeypatch.undo()
        talker.say(request())
        statuses.append((await talker.hear())[0])

    assert statuses == [200, 200]
    assert "kept a request from being written down" in caplog.text


@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
async def test_a_bug_is_admitted_as_the_application_does(taken, caplog, batches):
    class BrokenEngine(QuickEngine):
        def predict(self, _):
            raise RuntimeError("a bug")

    async with listening(engine=BrokenEngine(batches=batches)) as (talk, _):
        found = await (await talk(request())).hear()

    assert taken == [batches], "found at once, but not read"
    assert found[0] == 500
    assert caplog.text.count("a bug answered this request") == 1


@pytest.mark.parametrize(
    ("picture", "engine", "status", "began"),
    [
        pytest.param(SEVEN, StubEngine(confidence=0.5, batches=True), 200, True, id="doubtful"),
        pytest.param(BLANK, StubEngine(batches=True), 422, False, id="blank"),
        pytest.param(LARGE, StubEngine(batches=True), 200, False, id="large"),
    ],
)
async def test_leaves_the_rest_to_the_application_where_the_engine_takes_batches(
    taken, picture, engine, status, began
):
    async with listening(engine=engine) as (talk, _):
        found = await (await talk(request(picture))).hear()

    assert taken == [began]
    assert found[0] == status


@pytest.fixture
def gated():
    engine = GatedEngine(confidence=0.999, batches=True)
    yield engine
    engine.may_go.set()


async def test_what_waits_for_a_batch_is_read_together(gated):
    async with listening(Settings(threads=1), engine=gated) as (talk, server):
        first = await talk(request())
        await until(gated.entered.is_set)
        others = [await talk(request()) for _ in range(10)]
        await until(lambda: len(server.server_state.tasks) == 11)
        gated.may_go.set()
        statuses = [(await each.hear())[0] for each in (first, *others)]

    assert statuses == [200] * 11
    assert [len(images) for images in gated.calls] == [1, 10]


@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
@pytest.mark.parametrize(
    ("picture", "status", "read"),
    [
        pytest.param(SEVEN, 200, 1, id="doubtful"),
        pytest.param(BLANK, 422, 0, id="blank"),
        pytest.param(SEVEN[:-30], 415, 0, id="broken"),
    ],
)
async def test_what_the_application_says_is_not_worked_for_twice(picture, status, read, batches):
    async with listening(engine=QuickEngine(confidence=0.5, batches=batches)) as (talk, server):
        found = await (await talk(request(picture))).hear()
        text = server.config.app.state.metrics.exposition().decode()

    counts = dict(line.rsplit(" ", 1) for line in text.splitlines() if line[:1] != "#")
    assert found[0] == status
    assert counts['digits_stage_duration_seconds_count{stage="imaging"}'] == "1.0"
    assert counts['digits_stage_duration_seconds_count{stage="engine"}'] == f"{read}.0"
    assert counts["digits_batch_size_sum"] == f"{read}.0"


async def test_clients_that_left_while_they_waited_for_a_batch_are_not_read_for(gated):
    async with listening(Settings(threads=1), engine=gated) as (talk, server):
        first = await talk(request())
        await until(gated.entered.is_set)
        leaving = [await talk(request()) for _ in range(10)]
        await until(lambda: len(server.server_state.tasks) == 11)
        for each in leaving:
            each.writer.transport.abort()
        await until(lambda: len(server.server_state.tasks) == 1)
        last = await talk(request())
        await until(lambda: len(server.server_state.tasks) == 2)
        gated.may_go.set()
        statuses = [(await each.hear())[0] for each in (first, last)]

    assert statuses == [200, 200]
    assert [len(images) for images in gated.calls] == [1, 1]


async def test_a_batch_that_takes_too_long_is_told_so(gated):
    async with listening(Settings(deadline_s=0.3), engine=gated) as (talk, _):
        late = await (await talk(request())).hear()
        gated.may_go.set()
        next_one = await (await talk(request())).hear()

    assert (late[0], json.loads(late[2])["code"]) == (504, "deadline-exceeded")
    assert next_one[0] == 200


async def test_a_client_that_leaves_while_a_batch_is_read_is_gone(gated, caplog):
    caplog.set_level("INFO", "digits.request")
    async with listening(engine=gated) as (talk, server):
        leaving = await talk(request())
        await until(gated.entered.is_set)
        leaving.writer.transport.abort()
        await until(lambda: not server.server_state.connections)
        gated.may_go.set()
        await until(lambda: [record for record in caplog.records if record.message == "request"])
        other = await (await talk(request())).hear()

    statuses = [record.fields["status"] for record in caplog.records if record.message == "request"]
    assert statuses == ["gone", 200]
    assert other[0] == 200


async def test_clients_that_left_while_they_waited_are_not_answered():
    engine = SlowEngine(confidence=0.999)
    async with listening(engine=engine) as (talk, _):
        waiting = [await talk() for _ in range(40)]
        for each in waiting:
            each.say(request())
        for each in waiting[4:]:
            each.writer.transport.abort()
        statuses = [(await each.hear())[0] for each in waiting[:4]]
        last = (await (await talk(request())).hear())[0]

    assert [*statuses, last] == [200] * 5
    assert len(engine.calls) < 20


def pending(server):
    """As the metrics have it, by which an autoscaler goes."""
    lines = server.config.app.state.metrics.exposition().decode().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("digits_pending_requests "))


async def test_those_that_wait_are_pending():
    seen = []

    class LookingEngine(SlowEngine):
        def predict(self, images):
            seen.append(pending(server))
            return super().predict(images)

    async with listening(engine=LookingEngine(confidence=0.999)) as (talk, server):
        waiting = [await talk() for _ in range(10)]
        for each in waiting:
            each.say(request())
        for each in waiting:
            await each.hear()
        left = pending(server)

    assert 5 < max(seen) <= 10
    assert left == 0


async def test_what_is_followed_by_what_is_not_http_is_not_said_to_be_answered(taken, caplog):
    caplog.set_level("INFO", "digits.request")
    async with listening(engine=QuickEngine(confidence=0.999)) as (talk, _):
        talker = await talk(request() + b"\x00\x01 no HTTP\r\n\r\n")
        heard = await talker.reader.read()

    assert heard == b""
    assert not taken
    assert not [record for record in caplog.records if record.message == "request"]
