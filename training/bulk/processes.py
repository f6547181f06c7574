"""Chunks spread over processes of this machine."""

import os
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import Final, TypeAlias

from training.bulk.chunks import Chunk
from training.bulk.errors import WorkersEndedError
from training.bulk.reader import Part, Read, Reader

Numbered: TypeAlias = tuple[int, Chunk]

WAITING: Final = 2
"""Chunks a process is given ahead, so that it need not wait for its next."""

_opened: list[Read] = []
"""What a process reads with: one, from its start on."""


def spread(chunks: Iterable[Numbered], reader: Reader, workers: int) -> Iterator[tuple[int, Part]]:
    """Read chunks in so many processes; the answers come as they are ready.

    Chunks are taken one after the other, as there is need for more.

    Raises:
        WorkersEndedError: A process broke off.
    """
    pool = ProcessPoolExecutor(
        workers,
        mp_context=get_context("spawn"),  # libraries with threads of their own do not survive a fork
        initializer=_begin,
        initargs=(reader,),
    )
    waiting: dict[Future[Part], int] = {}
    try:
        for number, chunk in chunks:
            waiting[pool.submit(_work, chunk)] = number
            if len(waiting) >= (1 + WAITING) * workers:
                yield from _ended(waiting)
        while waiting:
            yield from _ended(waiting)
    except BrokenProcessPool as error:
        raise WorkersEndedError from error
    finally:
        pool.shutdown(cancel_futures=True)


def _ended(waiting: dict[Future[Part], int]) -> Iterator[tuple[int, Part]]:
    """What is ready, as soon as anything is."""
    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
        yield waiting.pop(future), future.result()


def _begin(reader: Reader) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the first process decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _opened.append(reader.open())


def _end_with_parent() -> None:
    """A process waits for chunks through a pipe that it holds open itself: it would wait for ever."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _work(chunk: Chunk) -> Part:
    return _opened[-1](chunk)
