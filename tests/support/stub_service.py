"""The application in this process, with an engine that needs no model."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import numpy as np
from asgi_lifespan import LifespanManager

from digits.store import StoredModel
from service.app import create_app
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.settings import Settings


class StubEngine:
    """Answers seven, always; remembers what it was asked."""

    name = "stub"
    is_quick = False

    def __init__(self, *, batches=False, answer=7, confidence=0.91, digit_score=None):
        self.batches = batches
        self.calls = []
        self._row = np.full(10, (1 - confidence) / 9, np.float32)
        self._row[answer] = confidence
        self._score = None if digit_score is None else np.float32([digit_score])

    def predict(self, images):
        self.calls.append(images)
        scores = None if self._score is None else np.repeat(self._score, len(images))
        return Answers.of(np.tile(self._row, (len(images), 1)), scores)


class GatedEngine(StubEngine):
    """Says when it was entered, and answers when it may go on."""

    def __init__(self, **changes):
        super().__init__(**changes)
        self.entered = threading.Event()
        self.may_go = threading.Event()

    def predict(self, images):
        self.entered.set()
        self.may_go.wait()
        return super().predict(images)


def recognizer(engine, settings=None, *, version=3):
    settings = settings or Settings()
    return Recognizer(
        StoredModel("digits", version, Path("nowhere"), None),
        engine,
        threads=settings.threads,
        max_image_pixels=settings.max_image_pixels,
        min_digit_score=settings.min_digit_score,
    )


async def until(condition):
    """Wait for what another thread or task is about to do."""
    while not condition():  # noqa: ASYNC110 - the condition is somebody else's state
        await asyncio.sleep(0.001)


@asynccontextmanager
async def running(
    settings=None,
    *,
    engine=None,
    load=None,
    tracing=None,
    corrections_in=None,
    raise_app_exceptions=True,
) -> AsyncIterator:
    """A client of a started application."""
    settings = settings or Settings()
    app = create_app(
        settings,
        load=load or (lambda s: recognizer(engine or StubEngine(), s)),
        tracing=tracing,
        corrections_in=corrections_in,
    )
    async with LifespanManager(app) as manager:
        transport = httpx.ASGITransport(manager.app, raise_app_exceptions=raise_app_exceptions)
        async with httpx.AsyncClient(transport=transport, base_url="http://digits") as client:
            client.app = app
            if load is None:
                await until(lambda: app.state.slot.ready)
            yield client
