"""A run's folder is there from its first epoch, and its figures and page say what happened."""

import json
import re
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import numpy as np
import pytest

from training.commands.runs import main as list_runs
from training.config import TrainingConfig
from training.errors import BelowGateError
from training.runs.figures import curves
from training.runs.folder import RunFolder
from training.runs.mistakes import Mistake, count_confusions, find_worst, score_classes
from training.runs.page import Validation
from training.runs.record import Record
from training.runs.theme import to_svg

NOON = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
CONFIG = TrainingConfig(epochs=2, seed=5)
METRICS = {"validation_accuracy": 0.75, "validation_nll": 0.5, "validation_ece": 0.01, "test_accuracy": 0.5}
EPOCH = {
    "loss": 0.9,
    "accuracy": 0.7,
    "val_loss": 1.0,
    "val_accuracy": 0.6,
    "learning_rate": 0.1,
    "elapsed_s": 2.0,
}


def sure(*digits, confidence=0.9):
    """Probabilities that name these digits."""
    probabilities = np.full((len(digits), 10), (1 - confidence) / 9, np.float32)
    probabilities[np.arange(len(digits)), digits] = confidence
    return probabilities


def labels(*digits):
    return np.array(digits, np.uint8)


def record_run(
    root, *, config=CONFIG, ends=True, version=None, answers=(3, 5, 7, 7), refused=False, page=True
):
    """A run of two epochs on four validation images that show 3, 5, 7 and 1."""
    record = Record(root, config, {"epochs": "Passes <b>over</b> all & more."})
    with suppress(BelowGateError), record if page else nullcontext():
        record.begin(libraries={"keras": "3"}, data={"t10k": "ab12"})
        for epoch in (1, 2):
            record.folder.add_epoch({"epoch": epoch, **EPOCH})
        if ends:
            images = np.zeros((4, 28, 28), np.uint8)
            validation = Validation(images, labels(3, 5, 7, 1), sure(*answers))
            record.measured(METRICS, weights=123, validation=validation)
        if refused:
            raise BelowGateError(0.75, 0.9)
        if version:
            record.published(version, METRICS | {"twin_agreement": 1.0})
    return record.folder


def test_folders_are_named_by_start_network_and_seed_and_never_shared(tmp_path):
    names = [RunFolder.create(tmp_path, started=NOON, network="conv", seed=1).path.name for _ in range(3)]

    assert names == ["20261125T120000Z-conv-1", "20261125T120000Z-conv-1.2", "20261125T120000Z-conv-1.3"]


def test_a_run_leaves_its_config_history_figures_and_page(tmp_path):
    folder = record_run(tmp_path, version=3)

    assert {path.name for path in folder.path.iterdir()} == {
        *("config.json", "metrics.json", "history.csv", "report.html"),
        *("curves.png", "confusion.png", "reliability.png", "mistakes.png"),
    }
    assert folder.config()["config"]["epochs"] == 2
    assert folder.config()["changed"] == ["epochs", "seed"]
    assert folder.history() == [{"epoch": 1, **EPOCH}, {"epoch": 2, **EPOCH}]
    assert folder.metrics()["metrics"] == METRICS | {"twin_agreement": 1.0}
    assert (folder.metrics()["published"], folder.metrics()["weights"], folder.metrics()["epochs"]) == (
        3,
        123,
        2,
    )


def test_a_run_that_is_refused_has_its_page_too(tmp_path):
    folder = record_run(tmp_path, refused=True)

    assert "nothing published" in (folder.path / "report.html").read_text()


def test_a_run_that_breaks_off_keeps_its_history(tmp_path):
    folder = record_run(tmp_path, ends=False)

    assert len(folder.history()) == 2
    assert folder.metrics() is None
    assert not (folder.path / "report.html").exists()


def test_a_run_that_never_begins_leaves_nothing(tmp_path):
    with Record(tmp_path / "runs", CONFIG, {}) as record:
        assert not record.has_begun
        with pytest.raises(RuntimeError, match="not begun"):
            _ = record.folder

    assert not (tmp_path / "runs").exists()


class Page(HTMLParser):
    """Collects what a page refers to, its text, and tags that were not closed."""

    def __init__(self, html):
        super().__init__()
        self.links, self.ids, self.open, self.text = [], [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        self.links += [value for name, value in attributes if name in {"src", "href", "xlink:href"}]
        self.ids += [named["id"]] if "id" in named else []
        if tag not in {"meta", "link", "img", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in {"meta", "link", "img", "br"}:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    folder = record_run(tmp_path_factory.mktemp("runs"), version=7)
    return (folder.path / "report.html").read_text()


def test_the_page_needs_no_other_file(html):
    page = Page(html)

    assert page.open == []
    assert all(link.startswith(("data:", "#")) for link in page.links)
    assert {link[1:] for link in page.links if link.startswith("#")} <= {*page.ids}
    assert len(page.ids) == len({*page.ids})
    assert "<script" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_the_page_says_what_happened(html):
    text = Page(html).text

    for said in (
        "conv, seed 5",
        "published as version 7",
        "75.00%",
        "1 of 4 validation images",
        "123",
        "t10k",
    ):
        assert said in text
    assert 'alt="A 1 that was read as 7"' in html


def test_the_page_escapes_what_it_shows(html):
    assert "Passes &lt;b&gt;over&lt;/b&gt; all &amp; more." in html


def test_the_page_follows_the_readers_theme_and_describes_its_figures(html):
    assert "prefers-color-scheme: dark" in html
    assert html.count('<svg role="img" aria-label="') == 3


def test_a_page_without_mistakes_says_so(tmp_path):
    folder = record_run(tmp_path, answers=(3, 5, 7, 1))

    assert "None: all 4 validation images were read rightly." in (folder.path / "report.html").read_text()


def test_a_figure_takes_its_colors_from_the_page():
    svg = to_svg(curves([{"epoch": 1, **EPOCH}]), name="curves", label="Curves")

    assert set(re.findall(r"#[0-9a-f]{6}", svg)) <= {"#000000"}
    assert {"var(--ink)", "var(--first)", "var(--second)"} <= set(re.findall(r"var\(--\w+\)", svg))
    assert svg == to_svg(curves([{"epoch": 1, **EPOCH}]), name="curves", label="Curves"), (
        "equal runs give equal files"
    )


def test_confusions_have_a_row_a_label_and_a_column_an_answer():
    counts = count_confusions(sure(3, 3, 5, 9), labels(3, 5, 5, 9))

    assert {(row, column): n for (row, column), n in np.ndenumerate(counts) if n} == {
        (3, 3): 1,
        (5, 3): 1,
        (5, 5): 1,
        (9, 9): 1,
    }


def test_a_class_has_recall_precision_and_what_it_is_taken_for():
    three, five, zero = (
        score_classes(count_confusions(sure(3, 3, 5), labels(3, 5, 5)))[i] for i in (3, 5, 0)
    )

    assert (three.images, three.recall, three.precision, three.mostly_taken_for) == (1, 1, 0.5, None)
    assert (five.images, five.recall, five.precision, five.mostly_taken_for) == (2, 0.5, 1, 3)
    assert three.f1 == pytest.approx(2 / 3)
    assert (zero.images, zero.f1) == (0, 0)


def test_the_worst_mistakes_are_those_made_most_surely():
    probabilities = np.concatenate([sure(3, confidence=0.6), sure(5, confidence=0.8), sure(7, 8)])

    assert find_worst(probabilities, labels(1, 1, 7, 1), 2) == (
        Mistake(position=3, label=1, digit=8, confidence=pytest.approx(0.9)),
        Mistake(position=1, label=1, digit=5, confidence=pytest.approx(0.8)),
    )


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory):
    root = tmp_path_factory.mktemp("runs")
    record_run(root, ends=False)
    record_run(root, config=replace(CONFIG, dropout=0.1), version=2, page=False)
    record_run(root, config=replace(CONFIG, seed=1), page=False)
    return root


def test_lists_runs_with_their_figures_and_what_was_changed(capsys, three_runs):
    assert list_runs(["--runs", str(three_runs)]) == 0

    table = capsys.readouterr().out
    assert len(table.splitlines()) == 4
    assert re.search(r"-conv-5 +unfinished +2 +epochs=2 seed=5$", table, re.MULTILINE)
    assert re.search(
        r"-conv-5\.2 +75\.00% +50\.00% +2 +0 s +2  epochs=2 dropout=0\.1 seed=5$", table, re.MULTILINE
    )


def test_lists_the_best_first_as_json(capsys, three_runs):
    assert list_runs(["--runs", str(three_runs), "--best", "--json"]) == 0

    rows = json.loads(capsys.readouterr().out)
    assert [row["validation_accuracy"] for row in rows] == [0.75, 0.75, None]
    assert rows[-1]["changed"] == {"epochs": 2, "seed": 5}


def test_says_that_there_are_no_runs(capsys, tmp_path):
    assert list_runs(["--runs", str(tmp_path / "none")]) == 0

    assert "no runs" in capsys.readouterr().out
