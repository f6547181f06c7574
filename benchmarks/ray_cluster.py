"""A Ray cluster of several nodes on this machine, and Digits on it."""

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ON_RAY = ROOT / "deploy/ray"

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
os.environ.setdefault(
    "RAY_SERVE_PROXY_READY_CHECK_TIMEOUT_S", "60"
)  # a busy machine takes longer than its 5 s

import ray  # noqa: E402 - reads the environment when it is imported
from ray import serve  # noqa: E402
from ray.cluster_utils import Cluster  # noqa: E402

sys.path.insert(0, str(ON_RAY))
from digits_on_ray import Arguments, application  # noqa: E402

_COMMON: dict[str, Any] = {
    "object_store_memory": 100_000_000,  # bytes; Digits does not use it
    "include_log_monitor": False,
}

_HEAD = "127.0.0.2"
"""Loopback addresses, one a node, but 127.0.0.1, in whose place Ray takes an address that others reach."""


@contextmanager
def cluster(nodes: int) -> Iterator[tuple[Cluster, int]]:
    """A head that only leads and takes requests in, at the given port, and nodes that may be lost.

    Ray counts CPUs and does not bind processes to them: all nodes share this machine's.
    """
    folder = tempfile.mkdtemp(prefix="digits-ray-")  # a short path: sockets lie below it
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = Cluster()
    try:
        started.add_node(
            num_cpus=0,
            node_ip_address=_HEAD,
            temp_dir=folder,
            include_dashboard=False,
            no_monitor=True,  # of Ray's autoscaler: these nodes are all there will be
            **_COMMON,
        )
        for number in range(nodes):
            join(started, number)
        ray.init(
            address=started.address,
            _node_ip_address=_HEAD,
            runtime_env={"working_dir": str(ON_RAY)},
            log_to_driver=False,
            logging_level="ERROR",
        )
        serve.start(
            proxy_location="HeadOnly",  # the proxies of several nodes on one machine would want the same port
            http_options={"host": "127.0.0.1", "port": port},
            logging_config={"enable_access_log": False, "log_level": "ERROR"},
        )
        yield started, port
    finally:
        if ray.is_initialized():
            serve.shutdown()
            ray.shutdown()
        started.shutdown()
        shutil.rmtree(folder, ignore_errors=True)


def join(started: Cluster, number: int) -> None:
    """Add a node of two CPUs, as Ray counts them.

    Ray gives a node 30 s to start, of which a busy machine may take more; then it is tried again.
    """
    for patience in (2, 1, 0):
        try:
            started.add_node(num_cpus=2, node_ip_address=f"127.0.0.{3 + number}", **_COMMON)
        except Exception:  # Ray raises nothing narrower
            if not patience:
                raise
        else:
            return


def deploy(arguments: Arguments) -> None:
    """Deploy Digits, or change how it is deployed, and wait until all replicas are ready."""
    serve.run(application(arguments), name="digits", route_prefix="/")


def running() -> dict[str, int]:
    """How many replicas of each deployment are running."""
    deployments = serve.status().applications["digits"].deployments
    return {name: each.replica_states.get("RUNNING", 0) for name, each in deployments.items()}
