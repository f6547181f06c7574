"""What the manifests ask of the service is there: settings, paths, metrics, the model's name."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from digits.store import ModelStore
from service.app import create_app
from service.metrics import Metrics
from service.settings import PREFIX, Settings, unknown_variables

ROOT = Path(__file__).parents[2]
MANIFESTS = ROOT / "deploy/kubernetes"
FILES = sorted(MANIFESTS.rglob("*.yaml"))
PROMTOOL = shutil.which("promtool")


def each_file_with(text):
    """Every manifest that has a text."""
    files = [file for file in FILES if text in file.read_text()]
    return pytest.mark.parametrize("file", files, ids=lambda file: str(file.relative_to(MANIFESTS)))


def variables(text):
    """What a manifest sets, in a list of literals or of env."""
    literals = re.findall(rf"({PREFIX}\w+)=([^\s,\]]+)", text)
    return dict(literals + re.findall(rf'name: ({PREFIX}\w+), value: "?([^"}}]+)', text))


@each_file_with(PREFIX)
def test_sets_only_settings_that_there_are_to_values_that_they_take(file, monkeypatch):
    told = variables(file.read_text())

    assert unknown_variables(told) == []
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    Settings()


@each_file_with("httpGet")
def test_probes_ask_for_what_is_answered(file, tmp_path):
    app = create_app(Settings(model_store=tmp_path), load=lambda _: None)
    answered = {path for path, operations in app.openapi()["paths"].items() if "get" in operations}

    assert set(re.findall(r"httpGet: {path: (\S+),", file.read_text())) <= answered


def test_the_autoscaler_asks_for_a_metric_that_the_service_counts_and_the_adapter_hands_on():
    autoscaler = yaml.safe_load((MANIFESTS / "base/autoscaler.yaml").read_text())
    (asked,) = [each["pods"]["metric"]["name"] for each in autoscaler["spec"]["metrics"] if "pods" in each]
    (rule,) = yaml.safe_load((MANIFESTS / "prometheus-adapter.yaml").read_text())["rules"]["custom"]
    counted = set(re.findall(r"^# TYPE (\w+)", Metrics().exposition().decode(), re.MULTILINE))

    assert rule["name"]["as"] == asked
    assert rule["seriesQuery"].partition("{")[0] in counted


@pytest.mark.skipif(not PROMTOOL, reason="promtool is missing; on Debian: prometheus")
def test_the_adapters_query_is_promql(tmp_path):
    (rule,) = yaml.safe_load((MANIFESTS / "prometheus-adapter.yaml").read_text())["rules"]["custom"]
    query = rule["metricsQuery"]
    for placeholder, value in {
        "<<.GroupBy>>": "pod",
        "<<.Series>>": rule["seriesQuery"].partition("{")[0],
        "<<.LabelMatchers>>": 'namespace="digits",pod=~"a|b"',
    }.items():
        query = query.replace(placeholder, value)
    (tmp_path / "rules.yml").write_text(
        yaml.safe_dump({"groups": [{"name": "adapter", "rules": [{"record": "a", "expr": query}]}]})
    )

    ended = subprocess.run(
        [PROMTOOL, "check", "rules", tmp_path / "rules.yml"], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_images_are_of_this_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    tags = {tag for file in FILES for tag in re.findall(r"newTag: ([\w.-]+)", file.read_text())}

    assert tags == {version, f"{version}-tensorflow", f"{version}-gpu"}


def test_kserve_asks_for_the_model_by_its_name():
    service = yaml.safe_load((MANIFESTS / "overlays/kserve/inference-service.yaml").read_text())

    assert service["metadata"]["name"] == ModelStore(ROOT / "model_store").open("latest").name


def test_a_pod_has_time_to_answer_what_it_accepted():
    base = (MANIFESTS / "base/kustomization.yaml").read_text()
    pod = yaml.safe_load((MANIFESTS / "base/deployment.yaml").read_text())["spec"]["template"]["spec"]
    before_s = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]

    grace_s = int(variables(base)["DIGITS_SHUTDOWN_GRACE_S"])
    assert before_s + grace_s < pod["terminationGracePeriodSeconds"]
