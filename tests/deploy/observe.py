"""A real Prometheus watches a real service, and no query of the dashboard is empty: `make observe-test`."""

import shutil
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest
from dashboard import ask, empty, queries
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
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            yield client
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.skipif(not PROMETHEUS, reason="prometheus is missing; on Debian: apt-get install prometheus")
def test_no_query_of_the_dashboard_is_empty_under_load(tmp_path, mnist_test):
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
        answers = {query: ask(prometheus, query) for query in queries()}
        counted = ask(prometheus, "sum(digits_predictions_total)")

    assert counted == [len(last)]
    for query, values in answers.items():
        print(f"{query}\n  {values}")  # noqa: T201 - to look at, with -s
    assert empty(answers) == []
