"""A study's SQLite file, offered to other machines for as long as a search lasts."""

import multiprocessing
import socket
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.storages import GrpcStorageProxy, run_grpc_proxy_server

from training.search.study import open_file

Address: TypeAlias = tuple[str, int]
"""Host and port."""

_READY_S: Final = 60.0
"""For another Python process to start and import Optuna, on a busy machine."""


@contextmanager
def offered(file: Path, host: str) -> Iterator[Address]:
    """Answer for the file on a free port, in a process of its own: SQLite bears no network.

    Optuna's own protocol, without a password or encryption: for networks that are trusted.

    Args:
        file: The study's.
        host: Name or IP of this machine, as the others see it.

    Yields:
        Where `connect` finds it.
    """
    with socket.socket() as free:
        free.bind((host, 0))
        address: Address = (host, free.getsockname()[1])
    server = multiprocessing.get_context("spawn").Process(target=_answer, args=(file, address), daemon=True)
    server.start()
    try:
        connect(address).wait_server_ready(timeout=_READY_S)
        yield address
    finally:
        server.terminate()
        server.join()


def connect(address: Address) -> GrpcStorageProxy:
    """The storage that another machine offers."""
    with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
        return GrpcStorageProxy(host=address[0], port=address[1])


def _answer(file: Path, address: Address) -> None:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings(action="ignore", category=ExperimentalWarning):
        run_grpc_proxy_server(open_file(file), host=address[0], port=address[1])
