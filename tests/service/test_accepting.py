"""Workers share what comes to their port, and none of them keeps it from being served."""

import asyncio
import errno
import os
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from itertools import takewhile

import pytest
from served_process import serving, wait_for
from stub_service import until

pytest.importorskip("uvloop", reason="Windows has none")

from service import accepting
from service.accepting import Crowd, SharedServer, SharingLoop
from service.sharing import FOLDER_VARIABLE

pytestmark = pytest.mark.timeout(60)


NAMES = [b"a", b"b"]


class Greeting(asyncio.Protocol):
    """Says who it is; its connections are known as uvicorn's are."""

    def __init__(self, name, connections):
        self.name, self.connections = name, connections

    def connection_made(self, transport):
        self.transport = transport
        self.connections.add(self)
        transport.write(self.name)

    def connection_lost(self, _):
        self.connections.discard(self)

    def shutdown(self):
        self.transport.close()


@contextmanager
def worker(name, listener, folder=None):
    """A thread with a loop that takes the listener's connections, as a worker's process would."""
    loop, connections, started = SharingLoop(), set(), threading.Event()
    crowd = Crowd(folder / "crowd", NAMES.index(name)) if folder else None

    async def serve():
        sock = listener.dup()
        sock.setblocking(False)
        server = SharedServer(loop, sock, lambda: Greeting(name, connections), crowd)
        ended = asyncio.Event()
        loop.end = ended.set
        started.set()
        await ended.wait()
        server.close()
        await server.wait_closed()
        sock.close()
        for each in connections:
            each.transport.abort()
        await until(lambda: not connections)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield connections
    finally:
        loop.call_soon_threadsafe(loop.end)
        thread.join(10)
        assert not thread.is_alive()
        loop.close()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield listener


@pytest.fixture
def patience(monkeypatch):
    """However busy this machine is, the others have time to take what is left to them."""
    monkeypatch.setattr(accepting, "_YIELD_S", 0.1)


@pytest.fixture
def connect(listener):
    """Connects so many clients, and tells who took them."""
    with ExitStack() as clients:

        def connect(count):
            address = listener.getsockname()
            new = [clients.enter_context(socket.create_connection(address, timeout=10)) for _ in range(count)]
            return [client.recv(1) for client in new]

        connect.disconnect = clients.close
        yield connect


@pytest.mark.usefixtures("patience")
def test_what_comes_at_once_is_shared(listener, connect, tmp_path):
    with worker(b"a", listener, tmp_path), worker(b"b", listener, tmp_path):
        names = connect(100)

    assert abs(names.count(b"a") - names.count(b"b")) <= 16


@pytest.mark.usefixtures("patience")
def test_who_comes_late_gets_the_next(listener, connect, tmp_path):
    with worker(b"a", listener, tmp_path):
        first = connect(60)
        with worker(b"b", listener, tmp_path):
            then = connect(60)

    assert first.count(b"a") == 60
    assert then.count(b"b") >= 45


@pytest.mark.usefixtures("patience")
def test_connections_that_ended_do_not_count(listener, connect, tmp_path):
    with worker(b"a", listener, tmp_path) as connections:
        connect(60)
        connect.disconnect()
        wait_for(lambda: not connections)
        time.sleep(2 * accepting._TELL_S)  # until that is told
        with worker(b"b", listener, tmp_path):
            names = connect(60)

    assert abs(names.count(b"a") - names.count(b"b")) <= 12


@pytest.mark.parametrize("hindrance", ["stuck", "gone"])
def test_a_worker_that_takes_nothing_keeps_nobody_waiting(listener, connect, tmp_path, hindrance):
    other = Crowd(tmp_path / "crowd", NAMES.index(b"b"))
    if hindrance == "gone":
        other.leave()
    with worker(b"a", listener, tmp_path):
        names = connect(50)

    assert names == [b"a"] * 50
    assert other.has_fewer(50) == (hindrance == "stuck")


def test_a_worker_alone_takes_all(listener, connect):
    with worker(b"a", listener):
        names = connect(50)

    assert names == [b"a"] * 50


async def test_without_a_file_for_a_connection_takes_it_later(listener, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr(accepting, "_RETRY_S", 0.01)

    class Scarce(socket.socket):
        tries = 0

        def accept(self):
            self.tries += 1
            if self.tries <= 2:
                raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
            return super().accept()

    with Scarce(fileno=os.dup(listener.fileno())) as scarce:
        scarce.setblocking(False)
        server = SharedServer(
            asyncio.get_running_loop(), scarce, lambda: Greeting(b"a", set()), Crowd(tmp_path / "crowd", 0)
        )
        reader, writer = await asyncio.open_connection(*listener.getsockname())
        assert await reader.read(1) == b"a"
        server.close()
        writer.close()
        await server.wait_closed()

    assert caplog.text.count("no connection can be taken: Too many open files; trying again in 0.01 s") == 2


@pytest.mark.parametrize("places", [(0, 1), (2, 3)], ids=["first", "where others hold the first"])
def test_who_has_fewer_is_seen_wherever_it_stands(tmp_path, places):
    crowded, idle = (Crowd(tmp_path / "crowd", place) for place in places)
    crowded.tell(500)

    assert crowded.has_fewer(500)
    assert not idle.has_fewer(0)


async def test_a_connection_that_is_being_made_while_the_server_closes_is_told(listener):
    def make():
        server.close()
        return Greeting(b"a", set())

    listener.setblocking(False)
    server = SharedServer(asyncio.get_running_loop(), listener, make, None)
    reader, writer = await asyncio.open_connection(*listener.getsockname())

    assert await reader.read() == b"a"
    writer.close()
    await server.wait_closed()


def test_workers_of_the_service_share_connections(tmp_path):
    """On a machine that is busy, one try may fail."""
    environment = {FOLDER_VARIABLE: str(tmp_path)}
    with serving("--workers", "2", log_path=tmp_path / "log", **environment) as (_, client):
        wait_for(lambda: list(tmp_path.glob("connections-*")) and len(told(tmp_path)) == 2)
        address = (client.base_url.host, client.base_url.port)
        fewest = []
        for _ in range(3):
            with ExitStack() as clients:
                for _ in range(60):
                    each = clients.enter_context(socket.socket())
                    each.setblocking(False)  # they all come before a worker wakes
                    each.connect_ex(address)
                client.get("/health/live")
                time.sleep(0.2)  # until all are taken
                client.get("/health/live")
                fewest.append(min(told(tmp_path)))
            time.sleep(0.2)

    assert max(fewest) >= 20
    assert not list(tmp_path.glob("connections-*"))


def told(folder):
    """The connections that workers told each other of."""
    (file,) = folder.glob("connections-*")
    numbers = memoryview(file.read_bytes()).cast("i")
    return [number - 1 for number in takewhile(bool, numbers)]
