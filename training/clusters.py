"""A Ray cluster, for as long as some work lasts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import ModuleType
from typing import Final

from training.errors import NotInstalledError

LOCAL: Final = "local"
"""The address that begins a cluster of this machine alone, for as long as the work lasts."""

ADDRESS_HELP: Final = "auto (the one this machine is in), a head's HOST:PORT, or local (this machine alone)"
"""What an option that takes an address says of it."""


def check_installed() -> None:
    """Learn before long work whether a cluster could be joined after it.

    Raises:
        NotInstalledError: Ray is missing.
    """
    if find_spec("ray") is None:
        raise NotInstalledError("Ray", "ray")


@contextmanager
def joined(address: str) -> Iterator[ModuleType]:
    """Join a cluster.

    Args:
        address: As `ray.init` takes it.

    Yields:
        The module `ray`.

    Raises:
        NotInstalledError: Ray is missing.
        ConnectionError: There is no cluster.
    """
    check_installed()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would tell its makers
    import ray

    alone = {"include_dashboard": False, "_node_ip_address": "127.0.0.1"} if address == LOCAL else {}
    ray.init(address=address, log_to_driver=False, logging_level="ERROR", **alone)
    try:
        yield ray
    finally:
        ray.shutdown()
