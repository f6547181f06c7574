"""What waits at the same time goes into one call, and nobody's fault is another's."""

import asyncio
import threading

import numpy as np
import pytest
from stub_service import StubEngine, until

from service.inference.batcher import MAX_BATCH, Batcher
from service.inference.engine import Answers
from service.inference.stopwatch import Stopwatch


class GatedEngine(StubEngine):
    """Answers with the image's first pixel as the row; lets calls through when told."""

    def __init__(self):
        super().__init__(batches=True)
        self.gate = threading.Event()

    def predict(self, images):
        self.calls.append(len(images))
        self.gate.wait()
        if (images[:, 0, 0] == 255).any():
            raise ValueError("a poisoned batch")
        return Answers.of(np.repeat(images[:, 0, :1].astype(np.float32), 10, axis=1), None)


def image(value):
    return np.full((28, 28), value, np.uint8)


async def test_batches_what_arrives_while_the_engine_is_busy():
    engine = GatedEngine()
    batcher = Batcher(engine)

    tasks = [asyncio.create_task(batcher.predict(image(i), Stopwatch())) for i in range(MAX_BATCH + 6)]
    await until(lambda: engine.calls)
    engine.gate.set()
    answers = await asyncio.gather(*tasks)

    assert [answer.probabilities[0, 0] for answer in answers] == list(range(MAX_BATCH + 6))
    assert sum(engine.calls) == MAX_BATCH + 6
    assert max(engine.calls) <= MAX_BATCH
    assert len(engine.calls) <= 3


async def test_calls_an_idle_engine_at_once():
    engine = GatedEngine()
    engine.gate.set()
    batcher = Batcher(engine)

    for value in range(3):
        assert (await batcher.predict(image(value), Stopwatch())).digit_scores == value

    assert engine.calls == [1, 1, 1]


async def test_drops_pictures_whose_asker_is_gone():
    engine = GatedEngine()
    batcher = Batcher(engine)
    first = asyncio.create_task(batcher.predict(image(1), Stopwatch()))
    await until(lambda: engine.calls)
    gone = asyncio.create_task(batcher.predict(image(2), Stopwatch()))
    stays = asyncio.create_task(batcher.predict(image(3), Stopwatch()))
    await asyncio.sleep(0)
    gone.cancel()
    await asyncio.sleep(0)
    engine.gate.set()

    assert (await first).digit_scores == 1
    assert (await stays).digit_scores == 3
    assert engine.calls == [1, 1]


async def test_an_error_reaches_every_asker_of_its_batch_and_nobody_later():
    engine = GatedEngine()
    engine.gate.set()
    batcher = Batcher(engine)

    with pytest.raises(ValueError, match="poisoned"):
        await batcher.predict(image(255), Stopwatch())

    assert (await batcher.predict(image(4), Stopwatch())).digit_scores == 4


async def test_where_no_thread_can_be_had_nobody_waits_for_ever(monkeypatch):
    async def fail(*_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("anyio.to_thread.run_sync", fail)

    with pytest.raises(RuntimeError, match="new thread"):
        await Batcher(StubEngine(batches=True)).predict(image(1), Stopwatch())
