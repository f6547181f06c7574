"""Grafana's provisioning parses, and names what there is."""

import json
from pathlib import Path, PurePosixPath

import yaml

GRAFANA = Path(__file__).parents[2] / "deploy/grafana"


def provisioned(kind):
    (file,) = (GRAFANA / "provisioning" / kind).iterdir()
    told = yaml.safe_load(file.read_text())
    assert (file.suffix, told.pop("apiVersion")) == (".yml", 1), "Grafana reads no other"
    return told


def test_the_folder_of_dashboards_has_ours_where_it_is_mounted():
    (provider,) = provisioned("dashboards")["providers"]
    mounted = PurePosixPath(provider["options"]["path"])

    assert provider["type"] == "file"
    assert mounted.is_absolute()
    assert f"`{mounted}`" in (GRAFANA.parent.parent / "docs/operations.md").read_text()
    boards = list((GRAFANA / mounted.name).glob("*.json"))
    assert [json.loads(board.read_text())["title"] for board in boards] == ["Digits"]


def test_the_dashboard_asks_a_kind_of_source_that_is_provisioned():
    (source,) = provisioned("datasources")["datasources"]
    (dashboard,) = (GRAFANA / "dashboards").glob("*.json")
    asked = {panel["datasource"]["type"] for panel in json.loads(dashboard.read_text())["panels"]}

    assert asked == {source["type"]}
    assert source["isDefault"] is True
