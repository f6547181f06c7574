"""What a request leaves behind is freed at once, not when Python next looks for circles of references."""

import asyncio
import gc
import threading
import weakref

import numpy as np
import pytest
from listening import listening, post
from pictures import draw_seven, encode
from PIL import Image
from stub_service import StubEngine, recognizer, running, until

from service.inference.batcher import Batcher
from service.inference.inline import Inline
from service.inference.stopwatch import Stopwatch

pytestmark = pytest.mark.timeout(20)


class QuickEngine(StubEngine):
    """Answers in the event loop's thread."""

    is_quick = True
    confidence = 0.999


class DoubtfulEngine(QuickEngine):
    """One that is not sure."""

    confidence = 0.5


@pytest.fixture(autouse=True)
def _no_collections():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


class Watch(Stopwatch):
    """One that can be referred to weakly."""


class Failing:
    """Work that fails, with itself in the error's traceback."""

    def __call__(self):
        raise ValueError("bad")


async def test_failed_work_of_the_loops_own_thread():
    inline, works = Inline(), [Failing() for _ in range(3)]  # the first is done at once, the others wait
    left = [weakref.ref(work) for work in works]

    errors = await asyncio.gather(*map(inline.run, works), return_exceptions=True)
    assert [type(error) for error in errors] == [ValueError] * 3
    del errors, works

    await until(lambda: not any(each() for each in left))


async def test_a_failed_batch():
    class FailingEngine(StubEngine):
        def predict(self, images):  # noqa: ARG002 - an engine's method
            raise ValueError("bad")

    batcher, watches = Batcher(FailingEngine(batches=True)), [Watch() for _ in range(3)]
    left = [weakref.ref(watch) for watch in watches]

    asked = [batcher.predict(np.zeros((28, 28), np.uint8), watch) for watch in watches]
    errors = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(error) for error in errors] == [ValueError] * 3
    del errors, watches, asked

    await until(lambda: not any(each() for each in left))


@pytest.mark.parametrize(
    ("picture", "engine", "status"),
    [
        pytest.param(encode(draw_seven()), QuickEngine(confidence=0.999), 200, id="answered-at-once"),
        pytest.param(encode(draw_seven()), StubEngine(confidence=0.999, batches=True), 200, id="in-a-batch"),
        pytest.param(encode(draw_seven()), QuickEngine(confidence=0.5), 200, id="doubtful"),
        pytest.param(encode(draw_seven()), StubEngine(), 200, id="in-a-thread"),
        pytest.param(encode(Image.new("L", (64, 64), "white")), QuickEngine(), 422, id="blank"),
        pytest.param(
            encode(Image.new("L", (64, 64), "white")), StubEngine(batches=True), 422, id="blank-too"
        ),
        pytest.param(encode(draw_seven())[:-30], QuickEngine(), 415, id="broken"),
    ],
)
async def test_a_connection(picture, engine, status):
    async with listening(engine=engine) as (begin, server):
        talk = await begin(post(picture).replace(b"Host", b"Content-Type: image/png\r\nHost", 1))
        assert (await talk.hear())[0] == status
        left = [weakref.ref(each) for each in server.server_state.connections]
        talk.writer.close()
        await until(lambda: not any(each() for each in left))

    assert len(left) == 1


@pytest.mark.parametrize(
    ("picture", "engine", "status"),
    [
        pytest.param(encode(draw_seven()), QuickEngine, 200, id="sure"),
        pytest.param(encode(draw_seven()), DoubtfulEngine, 200, id="doubtful"),
        pytest.param(encode(Image.new("L", (64, 64), "white")), QuickEngine, 422, id="blank"),
    ],
)
@pytest.mark.parametrize("batches", [False, True], ids=["at-once", "in-a-batch"])
async def test_a_model_that_was_replaced_while_a_connection_lies_idle(picture, engine, status, batches):
    async with listening(engine=engine(confidence=engine.confidence, batches=batches)) as (begin, server):
        slot = server.config.app.state.slot
        old = weakref.ref(slot.recognizer)
        talk = await begin(post(picture).replace(b"Host", b"Content-Type: image/png\r\nHost", 1))
        assert (await talk.hear())[0] == status
        slot.hold(recognizer(StubEngine(), version=4))
        await until(lambda: old() is None)
        bodies = [len(each.cycle.body) for each in server.server_state.connections]

    assert bodies == [0]


async def test_a_model_that_was_replaced_while_a_picture_came(seven):
    """However long a client takes to send one."""
    begun, go_on = threading.Event(), asyncio.Event()

    async def drip():
        yield seven[:10]
        begun.set()
        await go_on.wait()
        yield seven[10:]

    async with running() as client:
        slot = client.app.state.slot
        old = weakref.ref(slot.recognizer)
        asked = asyncio.create_task(client.post("/predict", content=drip()))
        await until(begun.is_set)
        slot.hold(recognizer(StubEngine(), version=4))
        await until(lambda: old() is None)
        go_on.set()
        answer = await asked

    assert answer.json()["model"]["version"] == 4
