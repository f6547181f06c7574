"""The application behind a real socket, in this process."""

import asyncio
import socket
from contextlib import asynccontextmanager

import uvicorn
from stub_service import StubEngine, recognizer, until

from service.app import create_app
from service.settings import Settings
from service.turns import TurnTakingProtocol


@asynccontextmanager
async def listening(settings=None, *, engine=None):
    """A way to begin to talk, `await talk(b"...")`, and uvicorn's server object."""
    talks = []

    async def begin(data=b""):
        talks.append(Talk(*await asyncio.open_connection(*listener.getsockname())))
        talks[-1].say(data)
        return talks[-1]

    settings = settings or Settings()
    app = create_app(settings, load=lambda s: recognizer(engine or StubEngine(), s))
    config = uvicorn.Config(
        app, http=TurnTakingProtocol, ws="none", log_config=None, timeout_keep_alive=settings.idle_timeout_s
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        running = asyncio.create_task(server.serve(sockets=[listener]))
        await until(lambda: server.started and app.state.slot.ready)
        try:
            yield begin, server
        finally:
            for talk in talks:
                talk.writer.close()
            server.should_exit = True
            await running


class Talk:
    """One connection of a client that says exactly what it is told to."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer

    def say(self, data):
        self.writer.write(data)

    async def hear(self):
        """Status, headers and body of one answer."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    async def closed(self):
        """Everything until the server closes."""
        try:
            return await self.reader.read()
        except ConnectionResetError:
            return b""


def post(picture, *, path="/predict"):
    return b"POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s" % (
        path.encode(),
        len(picture),
        picture,
    )


HEALTH = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"
