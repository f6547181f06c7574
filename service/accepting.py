"""Workers that share a port share its connections: who has more than another leaves it the next."""

import asyncio
import logging
import mmap
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

import uvloop

from service.sharing import file_of_workers, place_of_this_process

_AT_ONCE: Final = 8
"""Connections taken in one turn of the loop at most."""

_YIELD_S: Final = 0.001
"""How long a connection is left to others, at a time; a worker that does nothing wakes in much less."""

_SLACK: Final = 1 / 8
"""By how much of its connections a worker may have more than another, and one, and still take the next."""

_TELL_S: Final = 0.5
"""How often a worker tells how many connections it has: some end where no others come."""

_RETRY_S: Final = 1.0
"""After which time connections are taken again, once there was no file or memory for one: as asyncio does."""

_PLACES: Final = 64
"""Workers that take part at most: all numbers are looked at for each connection."""

_NONE_LEFT: Final = 2**31 - 1
"""What stands for a worker that takes no more connections."""

log = logging.getLogger("digits.connections")


class SharingLoop(uvloop.Loop):
    """uvloop's event loop, less greedy with a listening socket that other processes listen on too.

    uvloop takes all connections that have come. Of many that come at once a single worker so gets nearly
    all: of 64, one had 49 and the other 7, and most clients waited half as long again as need be.
    """

    async def create_server(self, protocol_factory: Any, *args: Any, **options: Any) -> asyncio.Server:  # noqa: ANN401 - as uvloop's
        """As uvloop's, but a socket that is given (`sock`) is taken for one that is shared."""
        sock: socket.socket | None = options.get("sock")
        if sock is None:
            return cast("asyncio.Server", await super().create_server(protocol_factory, *args, **options))
        sock.setblocking(False)
        sock.listen(options.get("backlog", 100))
        server = SharedServer(self, sock, protocol_factory, Crowd.of_this_process())
        return cast("asyncio.Server", server)  # of which uvicorn asks no more


class Crowd:
    """How many connections each worker has: numbers in a file that all of them map.

    A number is one more than the connections, so that 0 is nobody's. It is as old as its worker's last look
    at the socket, which all workers take when a connection comes, or half a second old.
    """

    def __init__(self, file: Path, place: int) -> None:
        """Take part.

        Args:
            file: The numbers; made where there is none.
            place: Of this worker among them, from 0.
        """
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            os.ftruncate(descriptor, mmap.PAGESIZE)
            self._numbers = memoryview(mmap.mmap(descriptor, mmap.PAGESIZE)).cast("i")[:_PLACES]
        finally:
            os.close(descriptor)
        self._place = place
        self.tell(0)

    @classmethod
    def of_this_process(cls) -> "Crowd | None":
        """The one of the workers that this process is one of; None if it is alone, or one of too many."""
        place = place_of_this_process()
        if place is None or place.number >= _PLACES:
            return None
        return cls(file_of_workers(place.folder, os.getppid()), place.number)

    def tell(self, connections: int) -> None:
        """Let the others know how many connections this worker has."""
        self._numbers[self._place] = connections + 1

    def leave(self) -> None:
        """Let the others know that this worker takes no more connections."""
        self._numbers[self._place] = _NONE_LEFT

    def has_fewer(self, connections: int) -> bool:
        """Whether another worker should take the next connection, rather than one that has so many."""
        few = int(connections * (1 - _SLACK)) - 1
        return any(0 < number <= few for number in self._numbers)


class Connection(asyncio.Protocol):
    """What uvicorn's protocols are.

    Attributes:
        connections: All of the process.
    """

    connections: set[Any]

    def shutdown(self) -> None:
        """End after the answer that is due."""


class SharedServer:
    """A listening socket that other processes listen on too."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol_factory: Callable[[], "Connection"],
        crowd: Crowd | None,
    ) -> None:
        """Listen.

        Args:
            loop: Runs all of this.
            sock: Listens, and does not block.
            protocol_factory: Makes the protocol of a connection.
            crowd: What is known of the other workers' connections.
        """
        self._loop, self._sock, self._protocol_factory, self._crowd = loop, sock, protocol_factory, crowd
        self._connecting: set[asyncio.Task[Any]] = set()
        self._connections: set[Any] = set()  # uvicorn's own, from the first on
        self._later: asyncio.TimerHandle | None = None
        self._closed = False
        self._telling: asyncio.TimerHandle | None = None
        self._tell()
        self._listen()

    def close(self) -> None:
        """Take no more connections; those that were taken live on."""
        self._closed = True
        self._loop.remove_reader(self._sock)
        if self._later:
            self._later.cancel()
        if self._telling:
            self._telling.cancel()
        if self._crowd:
            self._crowd.leave()

    async def wait_closed(self) -> None:
        """Wait for those that were just taken."""
        await asyncio.gather(*self._connecting, return_exceptions=True)

    def _listen(self) -> None:
        self._loop.add_reader(self._sock, self._take_or_yield)

    def _do_later(self, seconds: float, action: Callable[[], None]) -> None:
        self._loop.remove_reader(self._sock)
        self._later = self._loop.call_later(seconds, action)

    def _take_or_yield(self) -> None:
        for _ in range(_AT_ONCE):
            if self._should_yield():
                self._do_later(_YIELD_S, self._take_after_all)
                return
            if not self._take():
                return

    def _should_yield(self) -> bool:
        if self._crowd is None:
            return False
        connections = self._count()
        self._crowd.tell(connections)
        return self._crowd.has_fewer(connections)

    def _count(self) -> int:
        return len(self._connections) + len(self._connecting)

    def _tell(self) -> None:
        if self._crowd:
            self._crowd.tell(self._count())
            self._telling = self._loop.call_later(_TELL_S, self._tell)

    def _take_after_all(self) -> None:
        self._listen()
        self._take()

    def _take(self) -> bool:
        """Take a connection; whether there was one."""
        try:
            connection, _ = self._sock.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return False  # another worker was faster, or the client has gone again
        except OSError as error:
            log.error("no connection can be taken: %s; trying again in %g s", error.strerror, _RETRY_S)  # noqa: TRY400 - all is said
            self._do_later(_RETRY_S, self._listen)
            return False
        connection.setblocking(False)
        task = self._loop.create_task(self._connect(connection))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)
        return True

    async def _connect(self, connection: socket.socket) -> None:
        try:
            _, protocol = await self._loop.connect_accepted_socket(self._protocol_factory, connection)
        except OSError:  # it has gone again
            connection.close()
        else:
            self._connections = protocol.connections
            if self._closed:  # uvicorn has told all that it knew of
                protocol.shutdown()
