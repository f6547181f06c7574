"""docker-compose.yml and what goes with it hold together; whether it works, `make e2e` shows."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(TEXT)["services"]


def test_every_variable_is_in_the_example_with_its_default():
    used = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", TEXT))
    example = dict(re.findall(r"^#(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert example == used | {"DIGITS_MNIST_DIR": ""}
    assert {*re.findall(r"\$\{(\w+)", TEXT)} == used.keys()


def test_every_container_is_confined_and_limited():
    for name, service in SERVICES.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert {"memory", "pids"} <= service["deploy"]["resources"]["limits"].keys(), name


def test_every_mounted_file_exists():
    mounts = re.findall(r"(\./[\w./-]+):/", TEXT)

    assert mounts
    assert [path for path in mounts if not (ROOT / path).exists()] == []


def test_prometheus_watches_each_kind_of_service_by_our_rules():
    folder = ROOT / "deploy/compose"
    config = yaml.safe_load((folder / "prometheus.yml").read_text())
    (job,) = config["scrape_configs"]
    rules = [Path(rule).name for rule in config["rule_files"]]

    assert job["job_name"] == "digits", "the alerts ask for it"
    assert {*job["dns_sd_configs"][0]["names"]} == {
        name for name, service in SERVICES.items() if "DIGITS_STORE_POLL_S" in service.get("environment", {})
    }
    assert rules == yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())["rule_files"]


def test_the_proxy_passes_on_what_the_service_takes():
    config = (ROOT / "deploy/nginx/nginx.conf").read_text()

    assert re.search(r"listen (\d+);", config)[1] == SERVICES["proxy"]["ports"][0].rpartition(":")[2]
    assert "set $replicas replica;" in config
    assert "replica" in SERVICES
