"""`digits-evaluate`: the command that says how good a published version is."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tqdm import tqdm

from digits.store import ModelStore, StoredModel
from training import console
from training.assessment import Assessment, Robustness, answer, assess
from training.corruptions import CORRUPTIONS
from training.dataset import Mnist, default_cache, load_mnist, named_folder
from training.engines import open_version
from training.significance import Accuracy, McNemar, compare_models

NAME = "digits-evaluate"


def main(arguments: Sequence[str] | None = None, *, load: Callable[..., Mnist] = load_mnist) -> int:
    """Run `digits-evaluate`.

    Args:
        arguments: What follows the command's name; None for the process's own.
        load: Called as `load_mnist` is; tests bring a smaller dataset.

    Returns:
        The exit status.
    """
    options = _parser().parse_args(arguments)
    return console.run(NAME, lambda: _evaluate(options, load))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Measure a published version on MNIST's test images: accuracy, calibration, robustness "
        "against fifteen corruptions (MNIST-C style), and whether it differs from another version. For "
        "reporting only: choose between models by their validation figures.",
    )
    parser.add_argument(
        "--model-store", type=Path, default=Path("model_store"), help="(default: %(default)s)"
    )
    parser.add_argument("--version", type=int, help="number of the version (default: the newest)")
    parser.add_argument(
        "--against", type=int, metavar="VERSION", help="compare with this one by McNemar's test"
    )
    parser.add_argument(
        "--corruptions",
        nargs="*",
        choices=CORRUPTIONS,
        default=list(CORRUPTIONS),
        metavar="NAME",
        help=f"only these, or none (default: all: {', '.join(CORRUPTIONS)})",
    )
    parser.add_argument(
        "--images", type=_positive, metavar="N", help="only the first N test images, for a quick look"
    )
    parser.add_argument("--json", action="store_true", help="print JSON for programs, not a table for people")
    parser.add_argument("--cache", type=Path, help="folder that keeps MNIST (default: the platform's cache)")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _evaluate(options: argparse.Namespace, load: Callable[..., Mnist]) -> None:
    store = ModelStore(options.model_store)
    version = store.open(options.version or "latest")
    other = store.open(options.against) if options.against else None
    mnist = load(named_folder(), options.cache or default_cache(), say=console.note)
    images, labels = mnist.test_images[: options.images], mnist.test_labels[: options.images]
    found = assess(open_version(version), images, labels, names=options.corruptions, track=_bar)
    comparison = None
    if other is not None:
        comparison = compare_models(found.right, answer(open_version(other), images).argmax(axis=1) == labels)
    if options.json:
        console.say(json.dumps(_document(version, found, other, comparison), indent=2))
    else:
        console.say("\n".join(_table(version, found, other, comparison)))


def _bar(names: Iterable[str]) -> Iterable[str]:
    shown: Iterable[str] = tqdm(names, unit="corruption", leave=False, disable=not sys.stderr.isatty())
    return shown


def _document(
    version: StoredModel, found: Assessment, other: StoredModel | None, comparison: McNemar | None
) -> dict[str, Any]:
    document: dict[str, Any] = {
        "version": version.version,
        "accuracy": asdict(found.accuracy),
        "accuracy_on_corrected_labels": asdict(found.corrected),
        "accuracy_without_unresolvable": asdict(found.resolvable),
        "scores": asdict(found.scores),
        "corruptions": {name: asdict(each) for name, each in found.corruptions.items()},
    }
    if found.corruptions:
        document["corruptions_mean"] = asdict(found.mean_robustness)
    if other is not None and comparison is not None:
        document["against"] = {"version": other.version, **asdict(comparison)}
    return document


def _table(
    version: StoredModel, found: Assessment, other: StoredModel | None, comparison: McNemar | None
) -> Iterable[str]:
    yield f"Version {version.version} on {found.accuracy.images:,} MNIST test images, with 95 % intervals:"
    yield _accuracy_row("accuracy", found.accuracy)
    yield _accuracy_row("  with 10 labels corrected", found.corrected)
    yield _accuracy_row("  and without 5 unresolvable", found.resolvable)
    yield f"{'negative log likelihood, nats':30} {found.scores.nll:8.4f}"
    yield f"{'Brier score':30} {found.scores.brier:8.4f}"
    yield f"{'expected calibration error':30} {found.scores.ece:8.2%}"
    if found.corruptions:
        yield f"\n{'MNIST-C style corruption':30} {'as is':>8} {'framed':>8} {'blank':>6}"
        for name, each in [*found.corruptions.items(), ("mean", found.mean_robustness)]:
            yield _robustness_row(name, each)
    if other is not None and comparison is not None:
        yield (
            f"\nAgainst version {other.version}: {comparison.only_first} images right only here, "
            f"{comparison.only_second} only there; McNemar's exact test: p = {comparison.p_value:.3g}"
        )


def _accuracy_row(name: str, found: Accuracy) -> str:
    return f"{name:30} {found.share:8.2%}  {found.low:.2%} to {found.high:.2%}, {found.wrong} wrong"


def _robustness_row(name: str, found: Robustness) -> str:
    return f"{name.replace('_', ' '):30} {found.as_is:8.2%} {found.framed:8.2%} {found.blank:6}"


if __name__ == "__main__":
    sys.exit(main())
