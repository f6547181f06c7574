"""The look of all pages: their style, and figures as PNG and as SVG that follows the reader's theme."""

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any, Final, TypeAlias

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Theme:
    """The colors of a figure.

    Attributes:
        ink: Text and axes.
        faint: Grid lines, what only guides the eye.
        first: The first series.
        second: The second series.
        paper: Behind everything, where a file has no page behind it.
    """

    ink: str
    faint: str
    first: str
    second: str
    paper: str


Drawing: TypeAlias = Callable[[Theme], Figure]

LIGHT: Final = Theme(ink="#1f2328", faint="#d5dae0", first="#1f6feb", second="#c4570c", paper="#ffffff")

_MARKED: Final = Theme(ink="#010101", faint="#020202", first="#030303", second="#040404", paper="none")
"""Colors that no figure has otherwise: in an SVG they become the page's own, light or dark."""

_VARIABLES: Final = {
    _MARKED.ink: "var(--ink)",
    _MARKED.faint: "var(--line)",
    _MARKED.first: "var(--first)",
    _MARKED.second: "var(--second)",
}

_SETTINGS: Final[dict[Any, str | int]] = {
    "svg.fonttype": "none",  # text stays text: searchable, and in the page's font
    "svg.hashsalt": "digits",  # equal runs give equal files
    "font.family": "sans-serif",
    "font.size": 9,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around a page, as HTML.

    Attributes:
        author: The command that writes the page.
        title: Its heading.
        subtitle: One line below it.
        tiles: The figures that matter most.
        sections: Ids and names of the sections that the header leads to.
    """

    author: str
    title: str
    subtitle: str
    tiles: str
    sections: Mapping[str, str] = field(default_factory=dict)

    def fill(self, template: Path, **parts: str) -> str:
        """A page in the style that all share: the template with its parts, which are HTML, in this frame."""
        here = Path(__file__)
        links = "".join(f'<li><a href="#{id_}">{name}</a></li>\n' for id_, name in self.sections.items())
        return _read(here.with_name("frame.html")).substitute(
            style=here.with_name("style.css").read_text(encoding="utf-8"),
            author=self.author,
            title=self.title,
            subtitle=self.subtitle,
            tiles=self.tiles,
            sections=links and f'<nav aria-label="Sections"><ul>\n{links}</ul></nav>\n',
            body=_read(template).substitute(parts),
        )


def _read(template: Path) -> Template:
    return Template(template.read_text(encoding="utf-8"))


def save_png(drawing: Drawing, path: Path) -> None:
    """Write a figure as a picture on white paper."""
    with mpl.rc_context(_SETTINGS):
        drawing(LIGHT).savefig(path, dpi=160, facecolor=LIGHT.paper)


def to_svg(drawing: Drawing, *, name: str, label: str) -> str:
    """A figure as an `<svg>` element whose colors are the page's.

    Args:
        drawing: Draws it.
        name: Before each of its ids, so that a page can hold several figures.
        label: What it shows, for who cannot see it. No character that XML would need escaped.
    """
    buffer = io.StringIO()
    with mpl.rc_context(_SETTINGS):
        drawing(_MARKED).savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(?<=\bid=")|(?<=href="#)|(?<=url\(#)', f"{name}-", svg)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    svg = svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)
    for marked, variable in _VARIABLES.items():
        svg = svg.replace(marked, variable)
    return re.sub(r"font: ([\d.]+)px [^;\"]+", r"font: \1px var(--font)", svg)


def plain_axes(axes: Axes, theme: Theme, *, title: str, grid: bool = True) -> None:
    """Axes with little ink: no box, a faint grid, the title on the left."""
    axes.set_title(title, loc="left", color=theme.ink, fontsize=10, fontweight="bold")
    axes.set_facecolor("none")
    axes.tick_params(which="both", colors=theme.ink, length=0)
    for text in (axes.xaxis.label, axes.yaxis.label):
        text.set_color(theme.ink)
    for spine in axes.spines.values():
        spine.set_visible(False)
    if grid:
        axes.grid(visible=True, color=theme.faint, linewidth=0.8)
        axes.set_axisbelow(True)
