"""The page of a run: one HTML file that needs nothing else, light or dark as its reader likes it."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitImage, DigitImages, Probabilities
from training.runs import figures, tables
from training.runs.folder import PAGE, RunFolder
from training.runs.mistakes import Mistake, count_confusions, find_worst, score_classes
from training.runs.theme import Drawing, Frame, save_png, to_svg
from training.scores import Scores, score

_TEMPLATE: Final = Path(__file__).with_name("page.html")
_MISTAKES: Final = 24
_SECTIONS: Final = {
    "curves": "Curves",
    "mistakes": "Mistakes",
    "digits": "Digit by digit",
    "calibration": "Calibration",
    "figures": "All figures",
    "config": "Config",
    "environment": "Environment",
}


@dataclass(frozen=True, slots=True)
class Validation:
    """What the network said of the validation images.

    Attributes:
        images: Shape (n, 28, 28).
        labels: Shape (n,).
        probabilities: Shape (n, 10).
    """

    images: DigitImages
    labels: NDArray[np.uint8]
    probabilities: Probabilities

    @property
    def scores(self) -> Scores:
        """How good that is."""
        return score(self.probabilities, self.labels)


def write_page(folder: RunFolder, of: Validation, descriptions: Mapping[str, str]) -> Path:
    """Write a finished run's page and, beside it, each of its figures as a PNG.

    Args:
        folder: Of the run, with its config, history and metrics.
        of: What mistakes, confusions and reliability are shown of.
        descriptions: What each attribute of the config means.

    Returns:
        The page's path.
    """
    config, metrics = folder.config(), folder.metrics() or {}
    counts = count_confusions(of.probabilities, of.labels)
    worst = find_worst(of.probabilities, of.labels, _MISTAKES)
    right = of.probabilities.argmax(axis=1) == of.labels
    drawings: dict[str, Drawing] = {
        "curves": figures.curves(folder.history()),
        "confusion": figures.confusion(counts),
        "reliability": figures.reliability(of.probabilities.max(axis=1).astype(np.float64), right),
        "mistakes": figures.contact_sheet(worst, of.images),
    }
    for name, drawing in drawings.items():
        save_png(drawing, folder.path / f"{name}.png")
    frame = Frame(
        author="digits-train",
        title=f"{config['config']['network']}, seed {config['config']['seed']}",
        subtitle=tables.subtitle(config, metrics),
        tiles=tables.tiles(metrics),
        sections=_SECTIONS,
    )
    page = frame.fill(
        _TEMPLATE,
        curves=to_svg(
            drawings["curves"], name="curves", label="Loss, error and learning rate over the epochs"
        ),
        confusion=to_svg(
            drawings["confusion"], name="confusion", label="Confusion matrix of the validation images"
        ),
        reliability=to_svg(
            drawings["reliability"], name="reliability", label="Share of right answers by confidence"
        ),
        mistakes="".join(_show(mistake, of.images[mistake.position]) for mistake in worst),
        mistakes_text=_introduce(worst, int((~right).sum()), len(of.labels)),
        classes=tables.classes(score_classes(counts)),
        metrics=tables.metrics(metrics["metrics"]),
        config=tables.config(config["config"], config["changed"], descriptions),
        environment=tables.pairs(config["environment"] | config["data"], caption="Libraries, machine, data"),
    )
    path = folder.path / PAGE
    path.write_text(page, encoding="utf-8")
    return path


def _introduce(worst: tuple[Mistake, ...], wrong: int, images: int) -> str:
    if not worst:
        return f"None: all {images:,} validation images were read rightly."
    shown = "all" if len(worst) == wrong else f"the {len(worst)} that the network is surest of"
    return f"{wrong} of {images:,} validation images were read wrongly; here are {shown}."


def _show(mistake: Mistake, image: DigitImage) -> str:
    encoded = base64.b64encode(cv2.imencode(".png", image)[1].tobytes()).decode()
    return (
        f'<li><figure><img src="data:image/png;base64,{encoded}" width="28" height="28" '
        f'alt="A {mistake.label} that was read as {mistake.digit}">'
        f'<figcaption>{mistake.label}, read <b>{mistake.digit}</b><br><span class="soft">'
        f"at {mistake.confidence:.1%}<br>image {mistake.position}</span></figcaption></figure></li>"
    )
