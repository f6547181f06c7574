"""The models that serve, changed while they serve: at start, when told to, or when the store changes."""

import logging
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

import anyio
import anyio.to_thread

from digits.errors import DigitsError
from digits.store import ModelStore
from service.errors import ProtocolError, ReloadRefusedError
from service.inference.lineup import Lineup
from service.inference.recognizer import Recognizer
from service.inference.slot import ModelSlot
from service.metrics import Metrics
from service.settings import Settings

log = logging.getLogger("digits.model")


NOTHING: Final = 0
"""No version's number."""


@dataclass(frozen=True, slots=True)
class Reload:
    """What came of a reload whose primary serves.

    Attributes:
        primary: What answers unasked from now on.
        refused: The further versions that cannot serve, and why; one that served before serves on.
    """

    primary: Recognizer
    refused: dict[int, ReloadRefusedError]


class Reloader:
    """Fills the slots of a line-up, one load at a time."""

    def __init__(
        self,
        settings: Settings,
        *,
        lineup: Lineup,
        load: Callable[[Settings], Recognizer],
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._store = ModelStore(settings.model_store)
        self._lineup = lineup
        self._load = load
        self._metrics = metrics
        self._one_at_a_time = anyio.Lock()
        self._tried: tuple[object, ...] = ()

    async def start(self) -> None:
        """Load the models for the first time, the primary first.

        Where the newest is asked for and cannot serve, the newest that can is taken: a worker that
        replaces a killed one must not fail where its siblings serve on.
        """
        wanted = self._settings.model_version
        older = self._store.versions()[-2::-1] if wanted == "latest" else ()
        async with self._one_at_a_time:
            self._tried = await self._look()
            for version in (wanted, *older):
                try:
                    await self._fill_primary(version)
                except ReloadRefusedError:
                    continue
                break
            await self._fill_beside()

    async def reload(self) -> Reload:
        """Verify, load and warm what the settings ask for; then it serves, and the old is drained.

        Raises:
            ReloadRefusedError: The primary cannot serve; the old one serves on. The further versions were
                reloaded all the same.
        """
        async with self._one_at_a_time:
            self._tried = await self._look()
            try:
                primary = await self._fill_primary(self._settings.model_version)
            finally:
                refused = await self._fill_beside()
            return Reload(primary, refused)

    async def unload(self) -> None:
        """Let nothing serve until `reload`; a change of the store alone brings nothing back.

        Raises:
            ProtocolError: There are several workers; one cannot do that for the others.
        """
        if self._settings.workers > 1:
            raise ProtocolError(
                f"The model is loaded in {self._settings.workers} workers and cannot be unloaded in one."
            )
        async with self._one_at_a_time:
            for slot in (self._lineup.primary, *self._lineup.beside.values()):
                slot.empty()
            self._metrics.serving(NOTHING)
            for number in self._lineup.beside:
                self._metrics.serving_beside(number, ready=False)
        log.info("unloaded")

    async def reload_on_hangup(self) -> None:
        """Reload at each SIGHUP, for ever."""
        if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
            return  # Windows has no such signal, and Python hands signals to the main thread alone
        with anyio.open_signal_receiver(signal.SIGHUP) as hangups:
            async for _ in hangups:
                await self._try_reload()

    async def watch(self) -> None:
        """Reload when a version that serves looks another way in the store than when last tried, for ever.

        A version is tried once it has lain still from one look to the next, so that one that is still
        being copied is left alone, and again only after its files changed. What was unloaded stays so.
        """
        seen = self._tried
        while True:
            await anyio.sleep(self._settings.store_poll_s)
            last, seen = seen, await self._look()
            if seen == last and seen != self._tried and self._lineup.primary.status != "unloaded":
                await self._try_reload()

    async def _try_reload(self) -> None:
        try:
            await self.reload()
        except ReloadRefusedError:
            return  # logged and counted; nobody waits for the answer

    async def _look(self) -> tuple[object, ...]:
        return await anyio.to_thread.run_sync(self._store.state, self._lineup.beside)

    async def _fill_primary(self, version: int | Literal["latest"]) -> Recognizer:
        recognizer = await self._fill(self._lineup.primary, version)
        self._metrics.serving(recognizer.model.version)
        return recognizer

    async def _fill_beside(self) -> dict[int, ReloadRefusedError]:
        refused = {}
        for number, slot in self._lineup.beside.items():
            primary = self._lineup.primary
            if primary.ready and primary.recognizer.model.version == number:
                slot.hold(primary.recognizer)  # opened once, however often it is asked for
            else:
                try:
                    await self._fill(slot, number)
                except ReloadRefusedError as error:
                    refused[number] = error
            self._metrics.serving_beside(number, ready=slot.ready)
        return refused

    async def _fill(self, slot: ModelSlot, version: int | Literal["latest"]) -> Recognizer:
        settings = self._settings.model_copy(update={"model_version": version})
        try:
            recognizer = await slot.fill(lambda: self._load(settings))
        except Exception as error:
            self._metrics.load_refused()
            log.error(  # noqa: TRY400 - what we foresaw is said by its message
                "version %s could not be loaded%s: %s",
                version,
                "; the old one serves on" if slot.ready else "",
                error,
                exc_info=not isinstance(error, DigitsError),
            )
            raise ReloadRefusedError(error) from error
        self._metrics.loaded()
        model = recognizer.model
        log.info("ready: %s version %s, engine %s", model.name, model.version, recognizer.engine.name)
        return recognizer
