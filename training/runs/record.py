"""Keeps a run's folder up to date while the run goes on, and ends it with its page."""

import os
import platform
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from training.config import TrainingConfig
from training.runs.folder import RunFolder
from training.runs.page import Validation, write_page


class Record:
    """What one run leaves in a folder of its own; as a context, it ends with the page.

    Args:
        root: Where the folder is made, once the run begins.
        config: What the run was asked.
        descriptions: What each attribute of the config means, for the page.
        tensorboard: Whether the folder gets logs for TensorBoard too.
    """

    def __init__(
        self,
        root: Path,
        config: TrainingConfig,
        descriptions: Mapping[str, str],
        *,
        tensorboard: bool = False,
    ) -> None:
        self.tensorboard = tensorboard
        self._root, self._config, self._descriptions = root, config, descriptions
        self._began_s = time.perf_counter()
        self._folder: RunFolder | None = None
        self._validation: Validation | None = None

    @property
    def folder(self) -> RunFolder:
        """The run's folder, which is there once it has begun."""
        if self._folder is None:
            raise RuntimeError("the run has not begun")
        return self._folder

    @property
    def is_broken_off(self) -> bool:
        """Whether it has begun and did not reach its end."""
        return self.has_begun and self._validation is None

    @property
    def has_begun(self) -> bool:
        """Whether there is a folder."""
        return self._folder is not None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Write the page of a run that was measured, whether or not it was published."""
        if self._validation is not None:
            write_page(self.folder, self._validation, self._descriptions)

    def begin(self, *, libraries: Mapping[str, str], data: Mapping[str, str]) -> None:
        """Make the folder and write what is known before the first epoch.

        Raises:
            OSError: The folder cannot be made or written.
        """
        values, defaults, now = self._config.as_json(), TrainingConfig().as_json(), datetime.now(UTC)
        self._folder = RunFolder.create(
            self._root, started=now, network=self._config.network, seed=self._config.seed
        )
        self._folder.write_config(
            {
                "started": now.isoformat(timespec="seconds"),
                "config": values,
                "changed": [name for name, value in values.items() if value != defaults[name]],
                "environment": dict(libraries)
                | {"machine": f"{platform.platform()}, {os.cpu_count()} cores"},
                "data": dict(data),
            }
        )

    def measured(self, metrics: Mapping[str, float], *, weights: int, validation: Validation) -> None:
        """Write the figures, before anything may refuse to publish the network."""
        self._validation = validation
        self.folder.write_metrics(
            {
                "metrics": dict(metrics),
                "weights": weights,
                "epochs": len(self.folder.history()),
                "elapsed_s": time.perf_counter() - self._began_s,
                "published": None,
            }
        )

    def published(self, version: int, metrics: Mapping[str, float]) -> None:
        """Add what the exports' comparison found, and the version's number."""
        self.folder.write_metrics(
            {**(self.folder.metrics() or {}), "metrics": dict(metrics), "published": version}
        )
