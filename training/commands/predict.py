"""`digits-predict`: the command that reads the digits on pictures, by a model or by a running service.

It imports what the chosen way needs: a model wants the extra `serve`, `bulk` or `train`, a service `client`.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from digits.cpus import usable_cpus
from digits.store import ModelStore
from training import console
from training.clusters import ADDRESS_HELP
from training.quiet import quiet_tensorflow

if TYPE_CHECKING:
    from training.engines import OutputsEngine

NAME: Final = "digits-predict"

SOME_UNREADABLE: Final = 3
"""Exit status of a bulk run that wrote all answers, some of which are errors."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `digits-predict`.

    Args:
        arguments: What follows the command's name; None for the process's own.

    Returns:
        The exit status: 0 when all pictures were read.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    _check(parser, options)
    found: list[int] = []
    work = _read_many if options.output else _read_few
    again = " What was answered is kept; the same command goes on from there." if options.output else ""
    status = console.run(
        NAME, lambda: found.append(work(options)), when_interrupted=f"interrupted.{again}".removesuffix(".")
    )
    return status or found[0]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Read one handwritten digit from each picture, by a published version, by the "
        "checkpoint of a run, or by a running service.",
        epilog="Exit status: 0 all pictures were read; 1 one could not be, or nothing could; 2 bad option; "
        "3 (with --output) the answers are all there, and some are errors; 130 interrupted.",
    )
    parser.add_argument(
        "pictures",
        nargs="+",
        type=Path,
        metavar="picture",
        help="PNG, JPEG and the like; with --output also one folder, tar archive or Parquet file of them",
    )
    parser.add_argument(
        "--model-store", type=Path, default=Path("model_store"), help="(default: %(default)s)"
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--version", type=int, help="number of the version (default: the newest)")
    chosen.add_argument(
        "--checkpoint", type=Path, metavar="FILE", help="a file that digits-train --checkpoint wrote"
    )
    chosen.add_argument(
        "--url",
        type=_url,
        help="where a service runs, such as http://127.0.0.1:8000; no model is opened here",
    )
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="with --url: a file with the API key, where one is asked for",
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs, not a table for people")
    _add_bulk(parser)
    return parser


def _add_bulk(parser: argparse.ArgumentParser) -> None:
    bulk = parser.add_argument_group(
        "many pictures",
        "With --output, the answers go to a file, a row a picture; one that cannot be read is a row with "
        "error_code and error. A run that broke off goes on when the same command is given again; until it "
        "ends, what it answered lies in FILE.parts.",
    )
    bulk.add_argument("--output", type=_output, metavar="FILE", help="for the answers: .csv or .parquet")
    bulk.add_argument(
        "--workers",
        type=_positive,
        metavar="N",
        help="processes that read (default: one a CPU, of all machines with --ray)",
    )
    bulk.add_argument(
        "--ray",
        metavar="ADDRESS",
        help="spread over a Ray cluster, whose machines see pictures and model store under the same paths: "
        f"{ADDRESS_HELP}",
    )
    bulk.add_argument(
        "--chunk",
        type=_positive,
        metavar="N",
        help="pictures that a process reads at a time, all of which a kill can cost (default: 512)",
    )
    bulk.add_argument(
        "--image-column", metavar="NAME", help="of a Parquet file, if several columns hold bytes"
    )
    bulk.add_argument(
        "--name-column",
        metavar="NAME",
        help="of a Parquet file (default: the image's path, or the row's number)",
    )


def _url(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise argparse.ArgumentTypeError(f"{value!r} does not begin with http:// or https://")
    return value


def _output(value: str) -> Path:
    if not value.endswith((".csv", ".parquet")):
        raise argparse.ArgumentTypeError(f"{value!r} ends neither with .csv nor with .parquet")
    return Path(value)


def _positive(value: str) -> int:
    if not value.isdecimal() or not int(value):
        raise argparse.ArgumentTypeError(f"{value!r} is no whole number from 1 on")
    return int(value)


def _check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Refuse options that do not go together, with status 2."""
    if options.output:
        for name in ("url", "checkpoint", "json"):
            if getattr(options, name):
                parser.error(f"--output does not go with --{name}")
        return
    for name in ("workers", "ray", "chunk", "image_column", "name_column"):
        if getattr(options, name):
            parser.error(f"--{name.replace('_', '-')} needs --output")
    for path in options.pictures:
        if path.is_dir():
            parser.error(f"{path} is a folder: name a file for the answers with --output")


def _read_few(options: argparse.Namespace) -> int:
    """Print what the pictures show."""
    from training import readings

    if options.url:
        found = list(readings.ask(options.pictures, options.url, options.key_file))
    else:
        with quiet_tensorflow():
            engine = _open(options)
            found = readings.read(options.pictures, engine)
    console.say(readings.as_json(found) if options.json else readings.as_table(found))
    return console.FAILED if any(reading.error for reading in found) else 0


def _open(options: argparse.Namespace) -> "OutputsEngine":
    if options.checkpoint is None:
        from training.engines import open_outputs

        return open_outputs(ModelStore(options.model_store).open(options.version or "latest"))
    from digits.contract import OUTPUT
    from training.checkpoint import open_network
    from training.evaluation import predict

    network = open_network(options.checkpoint)
    return lambda images: {OUTPUT: predict(network, images)}


def _read_many(options: argparse.Namespace) -> int:
    """Write what the pictures show into a file."""
    from training.bulk.forms import FORMS
    from training.bulk.on_ray import spread as spread_on_ray
    from training.bulk.processes import spread
    from training.bulk.progress import watch
    from training.bulk.reader import Reader
    from training.bulk.run import CHUNK, Spread, run
    from training.bulk.sources import open_source

    form = FORMS[options.output.suffix]()
    source = open_source(options.pictures, image_column=options.image_column, name_column=options.name_column)
    model = ModelStore(options.model_store).open(options.version or "latest")
    if options.ray:
        spread_chosen: Spread = partial(spread_on_ray, address=options.ray, workers=options.workers)
    else:
        spread_chosen = partial(spread, workers=options.workers or usable_cpus())
    summary = run(
        source,
        Reader(model, form),
        options.output,
        chunk_size=options.chunk or CHUNK,
        spread=spread_chosen,
        progress=watch(source.count),
    )
    console.note("\n".join(summary.lines(options.output)))
    return SOME_UNREADABLE if summary.codes else 0


if __name__ == "__main__":
    sys.exit(main())
