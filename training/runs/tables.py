"""The tables, tiles and texts of pages, as HTML."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from training.runs.mistakes import ClassScores


def subtitle(config: Mapping[str, Any], found: Mapping[str, Any]) -> str:
    """When it ran and what it published."""
    published = found.get("published")
    fate = f"published as version {published}" if published else "nothing published"
    return escape(f"{config['started'].replace('T', ' ').partition('+')[0]} UTC, {fate}")


def tiles(found: Mapping[str, Any]) -> str:
    """The few figures that matter most."""
    metrics = found["metrics"]
    minutes, seconds = divmod(round(found["elapsed_s"]), 60)
    entries = [
        ("validation accuracy", f"{metrics['validation_accuracy']:.2%}", "on which choices rest"),
        ("test accuracy", f"{metrics['test_accuracy']:.2%}", "for reporting only"),
        ("validation loss", f"{metrics['validation_nll']:.4f}", "negative log likelihood, nats"),
        ("calibration error", f"{metrics['validation_ece']:.2%}", "expected, over 15 bins"),
        ("weights", f"{found['weights']:,}", "trainable"),
        ("time", f"{minutes}:{seconds:02} min", f"{found['epochs']} epochs"),
    ]
    return tile_list(entries)


def classes(scores: Sequence[ClassScores]) -> str:
    """A row a digit."""
    rows = [
        (
            f"{digit}",
            f"{of.images:,}",
            f"{of.recall:.2%}",
            f"{of.precision:.2%}",
            f"{of.f1:.2%}",
            "" if of.mostly_taken_for is None else f"{of.mostly_taken_for}",
        )
        for digit, of in enumerate(scores)
    ]
    header = ("digit", "images", "recall", "precision", "F1", "most taken for")
    return table(
        header,
        rows,
        caption="Recall: share of a digit that is found. Precision: share of what is read as it.",
    )


def metrics(values: Mapping[str, float]) -> str:
    """Every figure of the run."""
    shares = ("accuracy", "agreement", "ece")
    rows = [
        (escape(name.replace("_", " ")), f"{value:.2%}" if name.endswith(shares) else f"{value:.4g}")
        for name, value in values.items()
    ]
    return table(("figure", "value"), rows, caption="Every figure of the run")


def config(values: Mapping[str, Any], changed: Sequence[str], descriptions: Mapping[str, str]) -> str:
    """Every attribute, with its meaning; those that were changed are marked."""
    rows = "".join(
        f'<tr{" class=changed" if name in changed else ""}><th scope="row"><code>{escape(name)}</code></th>'
        f"<td><code>{escape(str(value))}</code></td><td>{escape(descriptions.get(name, ''))}</td></tr>"
        for name, value in values.items()
    )
    head = '<th scope="col">attribute</th><th scope="col">value</th><th scope="col">meaning</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def pairs(values: Mapping[str, Any], *, caption: str) -> str:
    """Names and values."""
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td><code>{escape(str(value))}</code></td></tr>'
        for name, value in values.items()
    )
    return f"<table><caption>{escape(caption)}</caption><tbody>{rows}</tbody></table>"


def tile_list(entries: Iterable[tuple[str, str, str]]) -> str:
    """Figures as tiles: what it is, its value, a note."""
    return "".join(
        f"<div><dd>{value}<small>{note}</small></dd><dt>{name}</dt></div>" for name, value, note in entries
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]], *, caption: str) -> str:
    """The first column names the row; the others are numbers. Cells are HTML already."""
    head = "".join(
        f'<th scope="col"{"" if i == 0 else " class=number"}>{name}</th>' for i, name in enumerate(header)
    )
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td class=number>{cell}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
