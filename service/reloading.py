"""The model that serves, changed while it serves: at start, when told to, or when the store changes."""

import logging
import signal
import threading
from collections.abc import Callable

import anyio
import anyio.to_thread

from digits.errors import DigitsError
from digits.store import ModelStore
from service.errors import ReloadRefusedError
from service.inference.recognizer import Recognizer
from service.inference.slot import ModelSlot
from service.metrics import Metrics
from service.settings import Settings

log = logging.getLogger("digits.model")


class Reloader:
    """Fills the slot, one load at a time."""

    def __init__(
        self,
        settings: Settings,
        *,
        slot: ModelSlot,
        load: Callable[[Settings], Recognizer],
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._store = ModelStore(settings.model_store)
        self._slot = slot
        self._load = load
        self._metrics = metrics
        self._one_at_a_time = anyio.Lock()
        self._tried: tuple[object, ...] = ()

    async def start(self) -> None:
        """Load the model for the first time.

        Where the newest is asked for and cannot serve, the newest that can is taken: a worker that
        replaces a killed one must not fail where its siblings serve on.
        """
        wanted = self._settings.model_version
        older = self._store.versions()[-2::-1] if wanted == "latest" else ()
        for version in (wanted, *older):
            try:
                await self._fill(self._settings.model_copy(update={"model_version": version}))
            except ReloadRefusedError:
                continue
            return

    async def reload(self) -> Recognizer:
        """Verify, load and warm what the settings ask for; then it serves, and the old is drained.

        Raises:
            ReloadRefusedError: It cannot serve; the old model serves on.
        """
        return await self._fill(self._settings)

    async def reload_on_hangup(self) -> None:
        """Reload at each SIGHUP, for ever."""
        if not hasattr(signal, "SIGHUP") or threading.current_thread() is not threading.main_thread():
            return  # Windows has no such signal, and Python hands signals to the main thread alone
        with anyio.open_signal_receiver(signal.SIGHUP) as hangups:
            async for _ in hangups:
                await self._try_reload()

    async def watch(self) -> None:
        """Reload when the newest version in the store is another than the last that was tried, for ever.

        A version is tried once it has lain still from one look to the next, so that one that is still
        being copied is left alone, and again only after its files changed.
        """
        seen = self._tried
        while True:
            await anyio.sleep(self._settings.store_poll_s)
            last, seen = seen, await anyio.to_thread.run_sync(self._store.state)
            if seen == last and seen != self._tried:
                await self._try_reload()

    async def _try_reload(self) -> None:
        try:
            await self.reload()
        except ReloadRefusedError:
            return  # logged and counted; nobody waits for the answer

    async def _fill(self, settings: Settings) -> Recognizer:
        async with self._one_at_a_time:
            self._tried = await anyio.to_thread.run_sync(self._store.state)
            try:
                recognizer = await self._slot.fill(lambda: self._load(settings))
            except Exception as error:
                self._metrics.load_refused()
                log.error(  # noqa: TRY400 - what we foresaw is said by its message
                    "the model could not be loaded%s: %s",
                    "; the old one serves on" if self._slot.ready else "",
                    error,
                    exc_info=not isinstance(error, DigitsError),
                )
                raise ReloadRefusedError(error) from error
            model = recognizer.model
            self._metrics.loaded(model.version)
            log.info("ready: %s version %s, engine %s", model.name, model.version, recognizer.engine.name)
            return recognizer
