"""Where the model that serves is kept, from before it is loaded until another takes its place."""

from collections.abc import Callable
from typing import TypeAlias

import anyio.to_thread

from service.errors import NotReadyError
from service.inference.recognizer import Recognizer

Loader: TypeAlias = Callable[[], Recognizer]
"""Opens and warms a model; slow, called in a thread. Raises DigitsError."""


class ModelSlot:
    """Empty, holding a recognizer, or empty after loading one failed."""

    def __init__(self) -> None:
        self._recognizer: Recognizer | None = None
        self.failed = False

    @property
    def ready(self) -> bool:
        """Whether a model serves."""
        return self._recognizer is not None

    @property
    def recognizer(self) -> Recognizer:
        """The recognizer that serves.

        Raises:
            NotReadyError: There is none yet, or loading it failed.
        """
        if self._recognizer is None:
            raise NotReadyError("The model could not be loaded.") if self.failed else NotReadyError
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
            self.failed = not self.ready
            raise
        self.hold(recognizer)
        return recognizer

    def hold(self, recognizer: Recognizer) -> None:
        """Let an open model serve."""
        self._recognizer, self.failed = recognizer, False
