"""The profile `observe`: Prometheus finds the service, and no query of the dashboard is empty."""

import os

import httpx
import pytest
from containers import Project, can_be_had, up, wait_until
from dashboard import ask, empty, queries
from served_process import free_port

PROMETHEUS = os.environ.get("DIGITS_PROMETHEUS_IMAGE", "prom/prometheus:v3.5.0")


def test_prometheus_answers_every_query_of_the_dashboard(seven):
    if not can_be_had(PROMETHEUS):
        pytest.skip(f"the image {PROMETHEUS} cannot be had")
    ports = {f"DIGITS_{name}_PORT": str(free_port()) for name in ("PROMETHEUS", "GRAFANA")}
    service = {"DIGITS_PORT": str(free_port())}
    files = "docker-compose.yml:tests/e2e/observe.yml"
    project = Project("digits-e2e-observe", COMPOSE_FILE=files, **ports, **service)
    with (
        up(project, "service", "prometheus"),
        httpx.Client(base_url=f"http://127.0.0.1:{service['DIGITS_PORT']}", timeout=30) as client,
        httpx.Client(
            base_url=f"http://127.0.0.1:{ports['DIGITS_PROMETHEUS_PORT']}", timeout=30
        ) as prometheus,
    ):

        def all_answered():
            client.post("/predict", content=seven)
            client.post("/predict", content=b"no picture")
            return not empty({query: ask(prometheus, query) for query in queries()})

        wait_until(all_answered, seconds=180)

        assert ask(prometheus, 'sum(up{job="digits"})') == [1]
