"""A second version looks at pictures that were answered, and what it makes of them is counted."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from digits.errors import DigitsError
from service.inference.lineup import Lineup
from service.inference.reader import ReadDigit
from service.inference.recognizer import Recognition, Recognizer
from service.metrics import Metrics

log = logging.getLogger("digits.shadow")

Answer: TypeAlias = Recognition | list[ReadDigit]

_MAX_WAITING: Final = 16
"""Pictures that wait for the shadow at most, …"""

_MAX_WAITING_BYTES: Final = 32 * 1024 * 1024
"""… and their bytes together: no request's limit counts them any more."""


@dataclass(frozen=True, slots=True)
class _Job:
    primary: int
    shadow: Recognizer
    picture: bytes
    answer: Answer


class Shadow:
    """Looks at one picture at a time, and only while nobody would wait for it.

    The answer is out before the shadow begins, and whatever becomes of it changes nothing there.
    """

    def __init__(self, lineup: Lineup, *, busy: Callable[[], bool], metrics: Metrics) -> None:
        """Prepare; `work` does the work.

        Args:
            lineup: Says which version is the shadow, and which pictures it gets.
            busy: Whether requests need all there is to work with.
            metrics: What counts agreement.
        """
        self._lineup = lineup
        self._busy = busy
        self._metrics = metrics
        self._waiting: asyncio.Queue[_Job] = asyncio.Queue(_MAX_WAITING)
        self._waiting_bytes = 0

    def compare(self, recognizer: Recognizer, picture: bytes, answer: Answer) -> None:
        """Have the shadow look at a picture later, if it is in its share; returns at once.

        Args:
            recognizer: What answered.
            picture: A whole file.
            answer: Of `recognize` or of `read`; the shadow does the same.
        """
        shadow = self._lineup.shadow_of(recognizer, picture)
        if shadow is None:
            return
        job = _Job(recognizer.model.version, shadow, picture, answer)
        if self._waiting.full() or self._waiting_bytes + len(picture) > _MAX_WAITING_BYTES:
            self._count(job, "dropped")
            return
        self._waiting_bytes += len(picture)
        self._waiting.put_nowait(job)

    async def work(self) -> None:
        """Look at what waits, for ever."""
        while True:
            await self._work_on(await self._waiting.get())

    async def _work_on(self, job: _Job) -> None:
        self._waiting_bytes -= len(job.picture)
        self._count(job, "dropped" if self._busy() else await _outcome(job))

    def _count(self, job: _Job, outcome: str) -> None:
        self._metrics.shadowed(job.primary, job.shadow.model.version, outcome)


async def _outcome(job: _Job) -> str:
    try:
        agrees = await _agrees(job)
    except DigitsError:
        agrees = False  # it refuses what was answered
    except Exception:
        log.exception("the shadow, version %d, failed", job.shadow.model.version)
        return "failed"
    return "agree" if agrees else "disagree"


async def _agrees(job: _Job) -> bool:
    if isinstance(job.answer, Recognition):
        return (await job.shadow.recognize(job.picture)).digit == job.answer.digit
    return _text(await job.shadow.read(job.picture)) == _text(job.answer)


def _text(digits: list[ReadDigit]) -> list[tuple[int, int]]:
    return [(each.line, each.digit) for each in digits]
