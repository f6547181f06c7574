"""A real Prometheus watches a real service, and no query of the dashboard is empty: `make observe-test`."""

import json
import math
import shutil
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pictures import encode
from served_process import ROOT, free_port, serving

PROMETHEUS = shutil.which("prometheus")
SCRAPES = 6


@contextmanager
def watching(service_port, folder):
    """Prometheus with our rules, a scrape a second; a client of its API."""
    for file in ("rules.yml", "alerts.yml"):
        shutil.copy(ROOT / "deploy/prometheus" / file, folder)
    config = (ROOT / "deploy/prometheus/prometheus.yml").read_text()
    (folder / "prometheus.yml").write_text(config.replace("15s", "1s").replace(":8000", f":{service_port}"))
    port = free_port()
    with (folder / "prometheus.log").open("w") as log:
        process = subprocess.Popen(
            [PROMETHEUS, "--config.file=prometheus.yml", f"--web.listen-address=127.0.0.1:{port}"],
            cwd=folder,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/v1") as client:
            yield client
    finally:
        process.terminate()
        process.wait(20)


def ask(prometheus, query):
    """The values of a query's series; none while Prometheus starts."""
    try:
        answer = prometheus.get("/query", params={"query": query})
    except httpx.TransportError:
        return []
    if answer.status_code == 503:
        return []
    assert answer.status_code == 200, answer.text
    return [float(series["value"][1]) for series in answer.json()["data"]["result"]]


@pytest.mark.skipif(not PROMETHEUS, reason="prometheus is missing; on Debian: apt-get install prometheus")
def test_no_query_of_the_dashboard_is_empty_under_load(tmp_path, mnist_test):
    dashboard = json.loads((Path(ROOT) / "deploy/grafana/dashboards/digits.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    images, labels = mnist_test
    with (
        serving("--workers", "2", log_path=tmp_path / "log") as (_, client),
        watching(client.base_url.port, tmp_path) as prometheus,
    ):
        scrapes = 'sum(count_over_time(up{job="digits"}[1m]))'
        sent = 0
        while sum(ask(prometheus, scrapes)) < SCRAPES:
            client.post("/predict", content=encode(images[sent]))
            client.post("/predict", content=b"no picture")
            sent += 1
            time.sleep(0.02)
        last = list(labels[:sent])
        until = time.monotonic() + 10
        while time.monotonic() < until and sum(ask(prometheus, "sum(digits_predictions_total)")) < sent:
            time.sleep(0.2)
        answers = {query: ask(prometheus, query) for query in queries}
        counted = ask(prometheus, "sum(digits_predictions_total)")

    assert counted == [len(last)]
    for query, values in answers.items():
        print(f"{query}\n  {values}")  # noqa: T201 - to look at, with -s
    assert [query for query, values in answers.items() if not any(map(math.isfinite, values))] == []
