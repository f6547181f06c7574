"""Gather pictures that wait at the same time into one call of the engine."""

import asyncio
from collections import deque
from typing import Final, TypeAlias

import anyio.to_thread
import numpy as np

from digits.contract import DigitImage, DigitImages
from service.inference.engine import Answers, Engine
from service.inference.stopwatch import Stopwatch

MAX_BATCH: Final = 64
"""Pictures in one call at most: the largest bucket of the TensorFlow engine."""


Asked: TypeAlias = tuple[DigitImage, asyncio.Future[Answers], Stopwatch]


class Batcher:
    """One call at a time; what arrives meanwhile goes together into the next.

    An idle engine is called at once, so nobody ever waits for a batch to fill.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[Asked] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def predict(self, image: DigitImage, watch: Stopwatch) -> Answers:
        """Classify one digit image, (SIDE, SIDE); the answers are one."""
        answer: asyncio.Future[Answers] = asyncio.get_running_loop().create_future()
        self._waiting.append((image, answer, watch))
        if self._worker is None:
            self._worker = asyncio.create_task(self._work())
        try:
            return await answer
        finally:
            del answer  # which has the error that has this frame: all of it would wait for a collection

    async def _work(self) -> None:
        try:
            while batch := self._take():
                await self._run(batch)
        finally:
            self._worker = None

    def _take(self) -> list[Asked]:
        """The longest-waiting pictures whose askers are still there."""
        batch: list[Asked] = []
        while self._waiting and len(batch) < MAX_BATCH:
            asked = self._waiting.popleft()
            if not asked[1].done():
                batch.append(asked)
        return batch

    async def _run(self, batch: list[Asked]) -> None:
        images = np.stack([image for image, _, _ in batch])
        for _, _, watch in batch:
            watch.lap("waiting")
        batch[0][2].batch = len(batch)
        answers: Answers | Exception
        try:
            answers = await anyio.to_thread.run_sync(self._call, images)
        except Exception as error:  # noqa: BLE001 - there was no thread to be had
            answers = error
        for row, (_, answer, watch) in enumerate(batch):
            watch.lap("engine")
            if answer.done():
                continue
            if isinstance(answers, Exception):
                answer.set_exception(answers)
            else:
                answer.set_result(answers[row : row + 1])

    def _call(self, images: DigitImages) -> Answers | Exception:
        """The answers, or the error that every asker gets, for none may wait for ever.

        It is given, not raised: an error keeps the frames it was raised through, and these keep the error.
        """
        try:
            return self._engine.predict(images)
        except Exception as error:  # noqa: BLE001 - see above
            return error
