"""Where the model that serves is kept, from before it is loaded until another takes its place."""

import asyncio
from collections.abc import Callable
from typing import Final, Literal, TypeAlias

import anyio.to_thread

from service.errors import NotReadyError
from service.inference.recognizer import Recognizer

Loader: TypeAlias = Callable[[], Recognizer]
"""Opens and warms a model; slow, called in a thread. Raises DigitsError."""


Status: TypeAlias = Literal["ready", "loading", "failed", "unloaded"]
"""Whether a model serves, or why none does."""

_REASONS: Final = {
    "loading": "The model is still being loaded.",
    "failed": "The model could not be loaded.",
    "unloaded": "The model was unloaded, and has to be loaded again.",
}


class ModelSlot:
    """Empty, or holding a recognizer."""

    def __init__(self) -> None:
        self._recognizer: Recognizer | None = None
        self.status: Status = "loading"
        self.changed = asyncio.Event()
        """Set when a model begins or ceases to serve, or another does; then there is a new one."""

    @property
    def ready(self) -> bool:
        """Whether a model serves."""
        return self._recognizer is not None

    @property
    def failed(self) -> bool:
        """Whether there was a model to load, and none serves."""
        return self.status == "failed"

    @property
    def recognizer(self) -> Recognizer:
        """The recognizer that serves.

        Raises:
            NotReadyError: There is none.
        """
        if self._recognizer is None:
            raise NotReadyError(_REASONS[self.status])
        return self._recognizer

    async def fill(self, load: Loader) -> Recognizer:
        """Load a model beside the one that serves, then let it serve.

        Whoever was given the old one keeps it until the answer is out; then it is freed.

        Raises:
            Exception: Whatever `load` raised; the old model serves on.
        """
        try:
            recognizer = await anyio.to_thread.run_sync(load)
        except Exception:
            if not self.ready:
                self.status = "failed"
            raise
        self.hold(recognizer)
        return recognizer

    def hold(self, recognizer: Recognizer) -> None:
        """Let an open model serve."""
        self._recognizer, self.status = recognizer, "ready"
        self._tell()

    def empty(self) -> None:
        """Let nothing serve until another is loaded.

        Whoever was given the model keeps it until the answer is out; then it is freed.
        """
        self._recognizer, self.status = None, "unloaded"
        self._tell()

    def _tell(self) -> None:
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()
