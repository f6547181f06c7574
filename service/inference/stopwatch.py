"""How long each part of a request's work took."""

import time
from typing import Final, Literal, TypeAlias

Stage: TypeAlias = Literal["waiting", "imaging", "engine"]

STAGES: Final[tuple[Stage, ...]] = ("waiting", "imaging", "engine")
"""For a thread or a batch to begin; decoding and framing the picture; the model."""


class Stopwatch:
    """The laps of one request, taken by one thread at a time.

    Attributes:
        laps: Stage, beginning and end of each lap, in seconds of `time.perf_counter`.
        batch: Pictures in the engine's call, counted where the first of them is; 0 elsewhere.
    """

    __slots__ = ("_since_s", "batch", "laps")

    def __init__(self) -> None:
        self.laps: list[tuple[Stage, float, float]] = []
        self.batch = 0
        self._since_s = time.perf_counter()

    def begin(self) -> None:
        """Let the first lap begin now."""
        self._since_s = time.perf_counter()

    def lap(self, stage: Stage) -> None:
        """End a lap, and begin the next."""
        now_s = time.perf_counter()
        self.laps.append((stage, self._since_s, now_s))
        self._since_s = now_s
