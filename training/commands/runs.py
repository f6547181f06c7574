"""`digits-runs`: the command that lists the training runs so far."""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from training import console
from training.runs.folder import RunFolder

NAME = "digits-runs"


@dataclass(frozen=True, slots=True)
class Row:
    """One run. What it did not come to is None.

    Attributes:
        run: Its folder's name.
        epochs: So many went by.
        validation_accuracy: On which choices rest, 0-1.
        test_accuracy: For reporting only, 0-1.
        weights: Of the network.
        elapsed_s: From its first line to its measurement.
        published: The version's number.
        changed: Attributes that differ from the defaults, with their values.
    """

    run: str
    epochs: int
    validation_accuracy: float | None
    test_accuracy: float | None
    weights: int | None
    elapsed_s: float | None
    published: int | None
    changed: dict[str, Any]

    @classmethod
    def of(cls, folder: RunFolder) -> Self:
        """What a folder tells."""
        config, found = folder.config(), folder.metrics() or {}
        metrics = found.get("metrics", {})
        return cls(
            run=folder.path.name,
            epochs=len(folder.history()),
            validation_accuracy=metrics.get("validation_accuracy"),
            test_accuracy=metrics.get("test_accuracy"),
            weights=found.get("weights"),
            elapsed_s=found.get("elapsed_s"),
            published=found.get("published"),
            changed={name: config["config"][name] for name in config["changed"]},
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `digits-runs` and return its exit status."""
    parser = argparse.ArgumentParser(
        prog=NAME, description="List the runs of digits-train, the oldest first."
    )
    parser.add_argument(
        "--runs", type=Path, default=Path("runs"), metavar="DIR", help="(default: %(default)s)"
    )
    parser.add_argument("--best", action="store_true", help="list the best validation accuracy first")
    parser.add_argument("--json", action="store_true", help="print JSON for programs, not a table for people")
    options = parser.parse_args(arguments)
    return console.run(NAME, lambda: _list(options))


def _list(options: argparse.Namespace) -> None:
    rows = [Row.of(folder) for folder in RunFolder.all_in(options.runs)]
    if options.best:
        rows.sort(key=lambda row: -(row.validation_accuracy or 0))
    if options.json:
        console.say(json.dumps([asdict(row) for row in rows], indent=2))
    elif rows:
        console.say("\n".join(_table(rows)))
    else:
        console.say(f"There are no runs in {options.runs}; `make train` makes one.")


def _table(rows: Sequence[Row]) -> Iterable[str]:
    width = max(len(row.run) for row in rows)
    yield f"{'run':{width}}  validation     test  epochs     time  version  changed"
    for row in rows:
        validation, test = _share(row.validation_accuracy, "unfinished"), _share(row.test_accuracy, "")
        changed = " ".join(f"{name}={value}" for name, value in row.changed.items())
        time = "" if row.elapsed_s is None else f"{row.elapsed_s:.0f} s"
        figures = f"{validation:>10}  {test:>7}  {row.epochs:6}  {time:>7}  {row.published or '':>7}"
        yield f"{row.run:{width}}  {figures}  {changed}".rstrip()


def _share(value: float | None, without: str) -> str:
    return without if value is None else f"{value:.2%}"


if __name__ == "__main__":
    sys.exit(main())
