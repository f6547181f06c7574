"""The rules of Prometheus and the queries of Grafana ask for what the service counts."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.metrics import Metrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus"
PROMTOOL = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(not PROMTOOL, reason="promtool is missing; on Debian: prometheus")


@needs_promtool
@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["check", "config", "prometheus.yml"], id="configuration"),
        pytest.param(["test", "rules", "tests/rules_test.yml"], id="rules"),
    ],
)
def test_promtool_finds_no_fault(arguments):
    ended = subprocess.run([PROMTOOL, *arguments], cwd=RULES, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize(
    "file", ["prometheus/rules.yml", "prometheus/alerts.yml", "grafana/dashboards/digits.json"]
)
def test_asks_only_for_what_there_is(file):
    text = (ROOT / "deploy" / file).read_text()
    counted = set(re.findall(r"^# TYPE (\w+)", Metrics().exposition().decode(), re.MULTILINE))
    recorded = set(re.findall(r"record: (\S+)", (RULES / "rules.yml").read_text()))

    asked = {
        re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bdigits_\w+(?=[{\[)\"])", text)
    }
    assert asked <= counted
    assert asked or recorded
    assert set(re.findall(r"\bdigits:[\w:]+", text)) <= recorded


def test_every_panel_asks_something():
    panels = json.loads((ROOT / "deploy/grafana/dashboards/digits.json").read_text())["panels"]

    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_every_alert_is_tested():
    alerts = set(re.findall(r"alert: (\w+)", (RULES / "alerts.yml").read_text()))

    assert alerts == set(re.findall(r"alertname: (\w+)", (RULES / "tests/rules_test.yml").read_text()))
