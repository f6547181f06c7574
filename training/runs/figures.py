"""The figures of a run: curves, confusion matrix, reliability, worst mistakes."""

from typing import Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from digits.contract import CLASSES, DigitImages
from training.runs.folder import History
from training.runs.mistakes import Mistake
from training.runs.theme import Drawing, Theme, plain_axes

_BINS: Final = 15


def curves(history: History) -> Drawing:
    """Loss, error and rate over the epochs."""

    def draw(theme: Theme) -> Figure:
        figure = Figure(figsize=(10, 3), layout="constrained")
        loss, error, rate = figure.subplots(1, 3)
        epochs = [row["epoch"] for row in history]
        for axes, title, name, change in (
            (loss, "loss, nats", "loss", float),
            (error, "error, %", "accuracy", lambda accuracy: 100 * (1 - accuracy)),
        ):
            for prefix, color, label in (("", theme.first, "training"), ("val_", theme.second, "validation")):
                values = [max(change(row[prefix + name]), 1e-4) for row in history]
                axes.plot(epochs, values, color=color, marker=_marker(history), markersize=4, label=label)
            axes.set_yscale("log")
            plain_axes(axes, theme, title=title)
            axes.legend(frameon=False, labelcolor=theme.ink)
        rates = [row["learning_rate"] for row in history]
        rate.plot(epochs, rates, color=theme.first, marker=_marker(history), markersize=4)
        plain_axes(rate, theme, title="learning rate")
        for axes in (loss, error, rate):
            axes.set_xlabel("epoch", color=theme.ink)
            axes.xaxis.get_major_locator().set_params(integer=True)
        return figure

    return draw


def confusion(counts: NDArray[np.int64]) -> Drawing:
    """What each digit was read as, shape (10, 10): rows are labels. Only mistakes are shaded."""

    def draw(theme: Theme) -> Figure:
        figure = Figure(figsize=(5, 4.6), layout="constrained")
        axes = figure.subplots()
        mistakes = counts - np.diag(np.diag(counts))
        darkest = max(1, mistakes.max())
        for (row, column), count in np.ndenumerate(counts):
            if row == column:
                _cell(axes, row, column, color=theme.first, alpha=0.12)
            elif count:
                _cell(axes, row, column, color=theme.second, alpha=0.2 + 0.6 * count / darkest)
            if count:
                axes.text(column, row, f"{count}", ha="center", va="center", color=theme.ink, fontsize=8)
        axes.set(xlim=(-0.5, 9.5), ylim=(9.5, -0.5), xticks=range(10), yticks=range(10), aspect="equal")
        axes.set(xticklabels=CLASSES, yticklabels=CLASSES, xlabel="read as", ylabel="label")
        plain_axes(axes, theme, title="validation images", grid=False)
        return figure

    return draw


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Drawing:
    """How often answers are right that are given with some confidence, shape (n,) each, and how many are."""

    def draw(theme: Theme) -> Figure:
        bins = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
        images = np.bincount(bins, minlength=_BINS)
        accuracy = np.bincount(bins, weights=right, minlength=_BINS) / np.maximum(images, 1)
        left = np.arange(_BINS) / _BINS
        figure = Figure(figsize=(4.6, 4.6), layout="constrained")
        shares, numbers = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        shares.bar(
            left, accuracy, 1 / _BINS, align="edge", color=theme.first, alpha=0.75, edgecolor=theme.ink
        )
        shares.plot([0, 1], [0, 1], color=theme.second, linestyle="--", label="perfectly calibrated")
        shares.legend(frameon=False, labelcolor=theme.ink, loc="upper left")
        shares.set(xlim=(0, 1), ylim=(0, 1), ylabel="share right")
        numbers.bar(left, images, 1 / _BINS, align="edge", color=theme.first, alpha=0.75)
        numbers.set(yscale="symlog", xlabel="confidence", ylabel="images", ylim=(0, 2 * max(images)))
        plain_axes(shares, theme, title="validation images")
        plain_axes(numbers, theme, title="")
        return figure

    return draw


def contact_sheet(mistakes: tuple[Mistake, ...], images: DigitImages) -> Drawing:
    """The worst mistakes as pictures, eight in a row."""

    def draw(theme: Theme) -> Figure:
        rows = max(1, -(-len(mistakes) // 8))
        figure = Figure(figsize=(10, 1.6 * rows), layout="constrained")
        for axes in figure.subplots(rows, 8).flat:
            axes.axis("off")
        for axes, mistake in zip(figure.axes, mistakes, strict=False):
            axes.imshow(255 - images[mistake.position], cmap="gray", vmin=0, vmax=255)
            axes.set_title(
                f"{mistake.label}, read {mistake.digit}\nat {mistake.confidence:.0%}",
                color=theme.ink,
                fontsize=8,
            )
        return figure

    return draw


def _cell(axes: Axes, row: int, column: int, *, color: str, alpha: float) -> None:
    x, y = np.array([-0.47, 0.47, 0.47, -0.47]) + column, np.array([-0.47, -0.47, 0.47, 0.47]) + row
    axes.fill(x, y, facecolor=color, alpha=alpha, edgecolor="none")


def _marker(history: History) -> str:
    """Dots where there are few epochs: a single one would draw no line."""
    return "o" if len(history) < 20 else ""
