"""Both clients against the application, and against services that fail."""

import hashlib
import inspect

import anyio.to_thread
import httpx
import numpy as np
import pytest
from carried import Bridge
from stub_service import StubEngine, running

from digits.client import AnswerError, AsyncClient, Client, RefusedError, Retries, UnreachableError
from service.settings import Settings

URL = "http://digits"


class Waiting:
    """The waiting client, driven as the other is."""

    def __init__(self, **options):
        self._client = Client(URL, **options)

    def __getattr__(self, name):
        async def ask(*args, **options):
            return await anyio.to_thread.run_sync(lambda: getattr(self._client, name)(*args, **options))

        return ask


def make(kind, *, app=None, handler=None, **options):
    if kind == "waiting":
        return Waiting(transport=Bridge(app) if app else httpx.MockTransport(handler), **options)
    transport = httpx.ASGITransport(app) if app else httpx.MockTransport(handler)
    return AsyncClient(URL, transport=transport, **options)


each_client = pytest.mark.parametrize("kind", ["waiting", "asyncio"])


@each_client
async def test_reads_a_digit_from_bytes_and_from_a_file(kind, seven, tmp_path):
    path = tmp_path / "seven.png"
    path.write_bytes(seven)
    async with running() as service:
        client = make(kind, app=service.app)
        answers = [await client.predict(each) for each in (seven, path, str(path))]

    assert answers[0] == answers[1] == answers[2]
    assert (answers[0].digit, answers[0].is_digit) == (7, True)
    assert answers[0].confidence == pytest.approx(0.91)
    assert answers[0].model.version == 3


@each_client
async def test_reads_all_digits_of_a_page(kind, seven):
    async with running() as service:
        reading = await make(kind, app=service.app).read(seven)

    assert reading.text == "7"
    assert reading.digits[0].box.width > 0


@each_client
async def test_asks_for_many_pictures_and_lets_one_fail_alone(kind, seven):
    async with running() as service:
        answers = await make(kind, app=service.app).predict_many([seven, b"no picture", seven], at_once=2)

    assert [getattr(each, "digit", None) for each in answers] == [7, None, 7]
    assert isinstance(answers[1], RefusedError)
    assert (answers[1].status, answers[1].code) == (415, "unreadable-image")
    assert "Send a whole picture" in answers[1].detail


@each_client
async def test_sends_many_digit_images_in_few_requests(kind, mnist_test):
    engine = StubEngine()
    images = mnist_test[0][:5000]
    async with running(engine=engine) as service:
        answer = await make(kind, app=service.app).classify(images)

    assert answer.probabilities.shape == (5000, 10)
    assert answer.digit_scores.shape == (5000,)
    assert answer.digits == (7,) * 5000
    assert answer.model_version == 3
    assert [len(call) for call in engine.calls] == [4096, 904]
    np.testing.assert_array_equal(np.concatenate(engine.calls), images)


@each_client
async def test_refuses_what_are_no_digit_images_before_sending(kind):
    client = make(kind, handler=lambda _: pytest.fail("sent"))

    with pytest.raises(ValueError, match="uint8"):
        await client.classify(np.zeros((1, 28, 28), np.float32))


@each_client
async def test_names_the_refusal_of_either_protocol(kind, mnist_test):
    hashed = hashlib.sha256(b"secret").hexdigest()
    async with running(Settings(api_keys_sha256=hashed)) as service:
        with pytest.raises(RefusedError, match="Send a key") as refused:
            await make(kind, app=service.app).predict(b"x")
        with pytest.raises(RefusedError, match="Servable not found"):
            await make(kind, app=service.app, key="secret").classify(mnist_test[0][:1], version=99)

    assert (refused.value.status, refused.value.code) == (401, "unauthorized")


IMPATIENT = Retries(attempts=3, first_wait_s=0.001, longest_wait_s=2)


def failing(*answers):
    """A service that answers so, one after the other, and what it was asked."""
    asked = []

    def handler(request):
        asked.append(request)
        answer = answers[len(asked) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    return handler, asked


def busy(status=503):
    return httpx.Response(status, json={"detail": "Too many wait.", "code": "overloaded"})


def fine():
    model = {"name": "digits", "version": 3, "engine": "stub"}
    return httpx.Response(200, json={"text": "", "lines": [], "digits": [], "model": model})


@each_client
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(lambda: busy(503), id="overloaded"),
        pytest.param(lambda: busy(429), id="rate-limited"),
        pytest.param(lambda: httpx.ConnectError("refused"), id="not-there"),
        pytest.param(lambda: httpx.ReadTimeout("slow"), id="too-slow"),
        pytest.param(lambda: httpx.RemoteProtocolError("cut"), id="cut-off"),
    ],
)
async def test_asks_again_what_may_work_later(kind, first):
    handler, asked = failing(first(), first(), fine())

    reading = await make(kind, handler=handler, retries=IMPATIENT).read(b"page")

    assert reading.text == ""
    assert [request.content for request in asked] == [b"page"] * 3


@each_client
async def test_gives_up_after_its_attempts(kind):
    handler, asked = failing(busy(), busy(), busy())

    with pytest.raises(RefusedError) as refused:
        await make(kind, handler=handler, retries=IMPATIENT).read(b"page")

    assert refused.value.code == "overloaded"
    assert len(asked) == 3


@each_client
async def test_tells_that_nobody_is_there(kind):
    handler, asked = failing(*[httpx.ConnectError("refused")] * 3)

    with pytest.raises(UnreachableError, match="refused"):
        await make(kind, handler=handler, retries=IMPATIENT).read(b"page")

    assert len(asked) == 3


@each_client
@pytest.mark.parametrize("status", [400, 404, 413, 422, 500])
async def test_asks_once_what_would_be_refused_again(kind, status):
    handler, asked = failing(busy(status))

    with pytest.raises(RefusedError):
        await make(kind, handler=handler, retries=IMPATIENT).read(b"page")

    assert len(asked) == 1


@each_client
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(lambda: httpx.Response(200, text="<html>"), AnswerError, id="page"),
        pytest.param(lambda: httpx.Response(200, json={"text": 7}), AnswerError, id="other-json"),
        pytest.param(lambda: httpx.Response(404, text="<html>"), RefusedError, id="refusal-of-a-proxy"),
        pytest.param(lambda: httpx.Response(404, json=["no"]), RefusedError, id="refusal-in-other-json"),
    ],
)
async def test_tells_what_is_not_the_service(kind, answer, error):
    with pytest.raises(error):
        await make(kind, handler=lambda _: answer()).read(b"page")


@each_client
async def test_tells_an_inference_that_is_not_the_services(kind, mnist_test):
    with pytest.raises(AnswerError):
        await make(kind, handler=lambda _: httpx.Response(200, json={})).classify(mnist_test[0][:1])


def test_waits_as_long_as_the_service_says():
    retries = Retries(longest_wait_s=30)

    assert retries.wait_s(1, "7") == 7
    assert retries.wait_s(1, "31") is None
    assert retries.wait_s(4, "7") is None


def test_waits_longer_each_time_where_it_says_nothing():
    retries = Retries(attempts=9, first_wait_s=0.25, longest_wait_s=1, draw=lambda: 1.0)

    assert [retries.wait_s(attempt, None) for attempt in range(1, 6)] == [0.25, 0.5, 1, 1, 1]
    assert retries.wait_s(1, "Wed, 21 Oct 2026 07:28:00 GMT") == 0.25
    assert Retries(draw=lambda: 0.0).wait_s(1, None) == 0


def test_both_clients_take_the_same():
    ways = [
        {
            name: str(inspect.signature(method))
            for name, method in inspect.getmembers(kind, inspect.isfunction)
            if not name.startswith("_")
        }
        for kind in (Client, AsyncClient)
    ]

    assert ways[0] == ways[1]


def test_closes_at_the_end_of_a_with():
    with Client(URL, transport=httpx.MockTransport(lambda _: fine())) as client:
        client.read(b"page")

    with pytest.raises(RuntimeError, match="closed"):
        client.read(b"page")


async def test_closes_at_the_end_of_an_async_with():
    async with AsyncClient(URL, transport=httpx.MockTransport(lambda _: fine())) as client:
        await client.read(b"page")

    with pytest.raises(RuntimeError, match="closed"):
        await client.read(b"page")
