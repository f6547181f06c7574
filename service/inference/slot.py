"""Where the model that serves is kept, from before it is loaded."""

import logging
from collections.abc import Callable
from typing import TypeAlias

import anyio.to_thread

from digits.errors import DigitsError
from service.errors import NotReadyError
from service.inference.recognizer import Recognizer

Loader: TypeAlias = Callable[[], Recognizer]
"""Opens the model; slow, called in a thread. Raises DigitsError."""

log = logging.getLogger(__name__)


class ModelSlot:
    """Empty, holding a recognizer, or knowing why it has none."""

    def __init__(self) -> None:
        self._recognizer: Recognizer | None = None
        self.failure: str | None = None

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
            raise NotReadyError("The model could not be loaded.") if self.failure else NotReadyError
        return self._recognizer

    async def fill(self, load: Loader) -> None:
        """Load the model while the application already answers; a failure is kept and logged."""
        try:
            self._recognizer = await anyio.to_thread.run_sync(load)
        except DigitsError as error:
            self.failure = str(error)
            log.error("the model could not be loaded: %s", error)  # noqa: TRY400 - the message says it all
        except Exception as error:
            self.failure = f"{type(error).__name__}"
            log.exception("the model could not be loaded")
        else:
            model = self._recognizer.model
            log.info(
                "ready: %s version %s, engine %s", model.name, model.version, self._recognizer.engine.name
            )
