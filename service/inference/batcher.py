"""Gather pictures that wait at the same time into one call of the engine."""

import asyncio
from collections import deque
from typing import Final, TypeAlias

import anyio.to_thread
import numpy as np

from digits.contract import DigitImage
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
        return await answer

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
        try:
            answers = await anyio.to_thread.run_sync(self._engine.predict, images)
        except Exception as error:  # noqa: BLE001 - every asker gets it; none may wait for ever
            for _, answer, _ in batch:
                if not answer.done():
                    answer.set_exception(error)
            return
        for row, (_, answer, watch) in enumerate(batch):
            watch.lap("engine")
            if not answer.done():
                answer.set_result(answers[row : row + 1])
