"""`digits-search`: the command that looks for a better config."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from training import console
from training.clusters import ADDRESS_HELP, check_installed
from training.config import TrainingConfig
from training.dataset import Mnist, default_cache, load_mnist, named_folder
from training.options import add_options, read_options
from training.search.on_ray import work_on_ray
from training.search.workers import load_material, task_here, work, work_together

NAME: Final = "digits-search"
STUDY: Final = "study.db"


def main(arguments: Sequence[str] | None = None, *, load: Callable[..., Mnist] = load_mnist) -> int:
    """Run `digits-search`.

    Args:
        arguments: What follows the command's name; None for the process's own.
        load: Called as `load_mnist` is; tests bring a smaller dataset.

    Returns:
        The exit status.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        base = read_options(options)
    except ValueError as error:
        parser.error(str(error))
    return console.run(
        NAME,
        lambda: _search(base, options, load),
        when_interrupted="interrupted; the same command goes on with the trials so far",
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Look for a better config by trials: over activation, rate, batch, dropout, weight decay "
        "and L2, and for a dense network over its layers and their units. What falls behind the median is "
        "pruned. The trials are kept, and the same command goes on with them.",
    )
    parser.add_argument(
        "--trials", type=_positive, default=30, metavar="N", help="in all (default: %(default)s)"
    )
    parser.add_argument(
        "--jobs",
        type=_positive,
        metavar="N",
        help="processes that run trials (default: one, with --ray one a machine)",
    )
    parser.add_argument(
        "--ray",
        metavar="ADDRESS",
        help=f"spread them over a Ray cluster: {ADDRESS_HELP} (extra: ray)",
    )
    parser.add_argument(
        "--into",
        type=Path,
        metavar="DIR",
        help=f"folder of the study: {STUDY}, report.html, PNGs (default: runs/search-<recipe>)",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        help="folder that keeps MNIST and rendered pictures (default: the platform's cache)",
    )
    add_options(parser)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _search(base: TrainingConfig, options: argparse.Namespace, load: Callable[..., Mnist]) -> None:
    if options.ray:
        check_installed()
    from training.search.report import best_flags, write_report
    from training.search.study import best_accuracy, open_study

    folder = options.into or Path("runs") / f"search-{options.recipe}"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / STUDY
    study = open_study(file, base, seed=base.seed)
    _explore(file, base, options, load)
    if not best_accuracy(study):
        console.say("No trial reached its end: all diverged. Give other settings.")
        return
    console.say(
        f"Best: {study.best_value:.2%} on validation. digits-train {best_flags(study, base, options.recipe)}"
    )
    console.say(f"Report: {write_report(study, base, options.recipe, folder)}")


def _explore(
    file: Path, base: TrainingConfig, options: argparse.Namespace, load: Callable[..., Mnist]
) -> None:
    """Let one process, several, or those of a cluster run trials."""
    cache = options.cache or default_cache()
    get = partial(load, named_folder(), cache, say=console.note)
    mnist = get()  # once, before several processes would fetch it
    if options.ray:
        work_on_ray(
            file,
            base,
            options.trials,
            material=load_material(base, lambda: mnist, cache),
            seed=base.seed,
            address=options.ray,
            jobs=options.jobs,
            say=console.say,
        )
        return
    task = task_here(file, base, options.trials, load=get, cache=cache)
    if (options.jobs or 1) == 1:
        work(task, base.seed)
    else:
        work_together(task, base.seed, options.jobs)


if __name__ == "__main__":
    sys.exit(main())
