"""The queries of the Grafana dashboard, asked of a Prometheus."""

import json
import math

import httpx
from served_process import ROOT


def queries():
    dashboard = json.loads((ROOT / "deploy/grafana/dashboards/digits.json").read_text())
    return [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]


def ask(prometheus, query):
    """The values of a query's series; none while Prometheus starts."""
    try:
        answer = prometheus.get("/api/v1/query", params={"query": query})
    except httpx.TransportError:
        return []
    if answer.status_code == 503:
        return []
    assert answer.status_code == 200, answer.text
    return [float(series["value"][1]) for series in answer.json()["data"]["result"]]


def empty(answers):
    """Those queries that show nothing."""
    return [query for query, values in answers.items() if not any(map(math.isfinite, values))]
