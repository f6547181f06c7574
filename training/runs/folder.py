"""The folder of one run: what it was asked, each epoch as it went by, and what came of it."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

History: TypeAlias = Sequence[Mapping[str, float]]
"""One row an epoch: `epoch`, `loss`, `accuracy`, `val_loss`, `val_accuracy`, `learning_rate`, `elapsed_s`."""

CONFIG: Final = "config.json"
METRICS: Final = "metrics.json"
HISTORY: Final = "history.csv"
PAGE: Final = "report.html"
STATE: Final = "checkpoint.npz"


@dataclass(frozen=True, slots=True)
class RunFolder:
    """Where a run writes; a run that is killed leaves what it had.

    Attributes:
        path: `<root>/<start>-<network>-<seed>`.
    """

    path: Path

    @classmethod
    def create(cls, root: Path, *, started: datetime, network: str, seed: int) -> Self:
        """A new folder; of two runs that start in one second, the second gets a number.

        Raises:
            OSError: It cannot be made.
        """
        name = f"{started:%Y%m%dT%H%M%SZ}-{network}-{seed}"
        number = 1
        while True:
            path = root / (name if number == 1 else f"{name}.{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                number += 1
            else:
                return cls(path)

    @property
    def state(self) -> Path:
        """The file that keeps the state of the run, unless another was named."""
        return self.path / STATE

    @classmethod
    def all_in(cls, root: Path) -> tuple[Self, ...]:
        """Every run's folder, the oldest first."""
        return tuple(cls(path.parent) for path in sorted(root.glob(f"*/{CONFIG}")))

    def write_config(self, config: Mapping[str, Any]) -> None:
        """Keep what the run was asked and what it runs on."""
        self._write(CONFIG, config)

    def write_metrics(self, metrics: Mapping[str, Any]) -> None:
        """Keep what came of it; only a run that reached its end has this file."""
        self._write(METRICS, metrics)

    def add_epoch(self, row: Mapping[str, float]) -> None:
        """Append an epoch to the history, on disk at once."""
        path = self.path / HISTORY
        is_new = not path.exists()
        with path.open("a", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, fieldnames=list(row))
            if is_new:
                writer.writeheader()
            writer.writerow(row)

    def config(self) -> Mapping[str, Any]:
        """What the run was asked and what it ran on."""
        return self._read(CONFIG)

    def metrics(self) -> Mapping[str, Any] | None:
        """What came of it; None of a run that did not reach its end."""
        return self._read(METRICS) if (self.path / METRICS).is_file() else None

    def history(self) -> History:
        """The epochs so far."""
        path = self.path / HISTORY
        if not path.is_file():
            return ()
        with path.open(newline="", encoding="utf-8") as file:
            return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        (self.path / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")

    def _read(self, name: str) -> Mapping[str, Any]:
        content: Mapping[str, Any] = json.loads((self.path / name).read_text(encoding="utf-8"))
        return content
