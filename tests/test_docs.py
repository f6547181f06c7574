"""The docs say what the code does."""

import json
import re
from pathlib import Path

import anyio
import pytest

from service.main import load
from service.problems import PROBLEM_TYPES
from service.rpc.statuses import CODES
from service.settings import Settings

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("model_store/*.md")])
TARGETS = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented_with_its_meaning(name):
    row = next(
        line
        for line in (ROOT / "docs/configuration.md").read_text().splitlines()
        if line.startswith(f"| `DIGITS_{name.upper()}`")
    )

    assert f"`--{name.replace('_', '-')}`" in row
    assert " ".join(Settings.model_fields[name].description.split()) in row


@pytest.mark.parametrize("code", PROBLEM_TYPES)
def test_every_problem_is_documented_with_its_status(code):
    text = (ROOT / "docs/errors.md").read_text()

    assert f"| {int(PROBLEM_TYPES[code].status)} | `{code}` | {PROBLEM_TYPES[code].title} |" in text


@pytest.mark.parametrize("status", CODES)
def test_every_code_of_grpc_is_documented_with_its_status(status):
    rows = re.findall(r"^\| ([\d, ]+) \| (.*) \|$", (ROOT / "docs/errors.md").read_text(), re.MULTILINE)
    codes = [codes for statuses, codes in rows if str(int(status)) in statuses.split(", ") and "`" in codes]

    assert any(f"`{CODES[status].name}`" in each for each in codes)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_make_targets_exist(page):
    used = set(re.findall(r"\bmake ([a-z][a-z0-9-]+)\b(?=[ `\n#)]|$)", "\n".join(_code(page.read_text()))))

    assert used <= TARGETS


def test_every_make_target_is_in_the_readme_or_contributing():
    text = (ROOT / "README.md").read_text() + (ROOT / "CONTRIBUTING.md").read_text()

    assert {target for target in TARGETS if f"make {target}" not in text} == set()


def _code(text):
    """What stands in code blocks and between backticks."""
    return re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)


def test_the_readmes_answer_is_the_services(monkeypatch):
    """The curl of the README, in this process, gives the JSON that stands below it."""
    readme = (ROOT / "README.md").read_text()
    told = json.loads(re.search(r"```json\n(.*?)\n```", readme, re.DOTALL)[1])
    monkeypatch.chdir(ROOT)
    picture = Path(re.search(r"curl -F image=@(\S+)", readme)[1]).read_bytes()

    recognizer = load(Settings(engine="litert", model_version=told["model"]["version"]))
    recognition = anyio.run(recognizer.recognize, picture)

    assert recognition.digit == told["digit"]
    assert recognition.probabilities == pytest.approx(told["probabilities"], abs=1e-5)


def test_every_threat_has_a_test_that_exists():
    page = (ROOT / "docs/security.md").read_text()
    rows = [line for line in page.splitlines() if line.startswith("| ")][1:]
    named = [re.search(r"\| `(\S+\.py)(?:::(\w+))?` \|$", row) for row in rows]

    assert len(rows) > 10
    assert all(named)
    for match in named:
        assert not match[2] or f"def {match[2]}(" in (ROOT / "tests" / match[1]).read_text(), match[0]
