"""`digits-corrections`: the operator's command for the database of corrections."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digits.corrections.export import write_export
from digits.corrections.opening import open_store
from digits.errors import DigitsError

if TYPE_CHECKING:
    from digits.corrections.store import CorrectionStore

NAME: Final = "digits-corrections"
VARIABLE: Final = "DIGITS_CORRECTIONS_URL"
_MOST_DAYS: Final = 100_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `digits-corrections`.

    Args:
        arguments: What follows the command's name; None for the process's own.

    Returns:
        The exit status: 0 when all was done that was asked for.
    """
    options = _parser().parse_args(arguments)
    try:
        if not options.url:
            raise SystemExit(f"{NAME}: name the database with --url or {VARIABLE}.")
        store = open_store(options.url, create=options.work is _migrate)
        try:
            return int(options.work(store, options))
        finally:
            store.close()
    except (DigitsError, OSError) as error:
        sys.stderr.write(f"{NAME}: {error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="List, export and delete corrections, and bring their table up to date. "
        "Exit status: 0 done, 1 failed or not found, 2 bad option.",
    )
    parser.add_argument(
        "--url",
        default=os.environ.get(VARIABLE, ""),
        help=f"of the database (default: what {VARIABLE} says, where a password is not seen by others)",
    )
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(
        name: str, work: "Callable[[CorrectionStore, argparse.Namespace], int]"
    ) -> argparse.ArgumentParser:
        said = (work.__doc__ or "").rstrip(".")
        command = commands.add_parser(name, help=said[0].lower() + said[1:], description=f"{said}.")
        command.set_defaults(work=work)
        return command

    add("list", _list)
    add("export", _export).add_argument(
        "path", type=Path, help="a new tar file, if it ends in .tar, or else a new folder"
    )
    add("delete", _delete).add_argument("ids", nargs="+", metavar="id")
    add("purge", _purge).add_argument(
        "--days", type=_days, required=True, metavar="N", help="older than this"
    )
    add("migrate", _migrate).add_argument(
        "--to",
        default="head",
        metavar="REVISION",
        help="a number, or base to drop the table (default: the newest)",
    )
    return parser


def _days(value: str) -> float:
    """Not a negative number, by which all would be deleted."""
    days = float(value)
    if not 0 <= days <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{value!r} is no number of days from 0 to {_MOST_DAYS:,}")
    return days


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _list(store: "CorrectionStore", _options: argparse.Namespace) -> int:
    """List all corrections, without their pictures."""
    _say(f"{'id':16}  {'agreed':20}  label  predicted  version  request")
    after = 0
    while page := store.page(after):
        for number, each in page:
            when = each.agreed.strftime("%Y-%m-%dT%H:%M:%SZ")
            known = f"{each.predicted or '':>9}  {each.model_version or '':>7}  {each.request_id or ''}"
            _say(f"{each.id:16}  {when:20}  {each.label:>5}  {known}".rstrip())
            after = number
    return 0


def _export(store: "CorrectionStore", options: argparse.Namespace) -> int:
    """Write all corrections with their pictures into a folder or a tar file."""
    count = write_export(store.each(), options.path)
    _say(f"{count:,} corrections are in {options.path}.")
    return 0


def _delete(store: "CorrectionStore", options: argparse.Namespace) -> int:
    """Delete corrections by their ids."""
    unknown = [each for each in options.ids if not store.delete(each)]
    for each in unknown:
        sys.stderr.write(f"{NAME}: there is no correction {each}.\n")
    return 1 if unknown else 0


def _purge(store: "CorrectionStore", options: argparse.Namespace) -> int:
    """Delete all corrections older than so many days."""
    count = store.purge(datetime.now(UTC) - timedelta(days=options.days))
    _say(f"{count:,} corrections were deleted.")
    return 0


def _migrate(store: "CorrectionStore", options: argparse.Namespace) -> int:
    """Bring the table of corrections to the newest revision, or to another."""
    from digits.corrections.database import migrate, revision

    migrate(store.engine, options.to)
    _say(f"The table of corrections is at revision {revision(store.engine) or 'none: it is gone'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
