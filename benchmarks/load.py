"""An open-loop load generator: requests go out when they are due, whether or not earlier ones were answered.

A closed loop (wrk, hey) slows down with the server it measures, and reports the latency of refusals and
answers as one; here each status keeps its own.
"""

import asyncio
import re
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, cast

GONE: Final = 0
"""In place of a status: the connection ended, or could not be made, before there was an answer."""

REFUSED: Final = 503

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Outcome:
    """What became of the requests: for each status, seconds from due to answered; when any was refused."""

    latencies_s: dict[int, list[float]] = field(default_factory=dict)
    seconds: float = 0.0
    refused_at_s: list[float] = field(default_factory=list)

    def add(self, status: int, latency_s: float) -> None:
        """Note one."""
        self.latencies_s.setdefault(status, []).append(latency_s)
        if status == REFUSED:
            self.refused_at_s.append(time.perf_counter())

    def counts(self) -> Counter[int]:
        """Requests by status."""
        return Counter({status: len(times) for status, times in self.latencies_s.items()})

    def rate(self, status: int = 200) -> float:
        """Answers of this status a second."""
        return len(self.latencies_s.get(status, [])) / self.seconds

    def quantile_ms(self, fraction: float, status: int = 200) -> float:
        """Latency of answers of this status, in milliseconds; nan without any."""
        times = sorted(self.latencies_s.get(status, []))
        return times[min(len(times) - 1, int(fraction * len(times)))] * 1000 if times else float("nan")

    def summary(self, status: int = 200) -> str:
        """Latencies of answers of this status, in words."""
        p50, p99, longest = (self.quantile_ms(each, status) for each in (0.5, 0.99, 1))
        return f"p50 {p50:.2f} ms, p99 {p99:.2f} ms, longest {longest:.0f} ms"


class _Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self, crowd: "Crowd") -> None:
        self._crowd = crowd
        self._buffer = b""
        self._due_s: float | None = None
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Be there."""
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes, due_s: float) -> None:
        """Send one request."""
        self._due_s = due_s
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Note the answer once it is whole."""
        self._buffer = self._buffer + data if self._buffer else data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = _LENGTH.search(self._buffer, 0, end)
        if len(self._buffer) < end + 4 + (int(length[1]) if length else 0):
            return
        status, self._buffer = int(self._buffer[9:12]), b""
        due_s, self._due_s = self._due_s, None
        if due_s is not None:
            self._crowd.answered(self, status, due_s)

    def connection_lost(self, _: Exception | None) -> None:
        """Note a request that will have no answer."""
        self._crowd.lost(self, self._due_s)


class Crowd:
    """Many clients of one server, on no more connections than given; what finds none free waits for one."""

    def __init__(self, host: str, port: int, *, connections: int) -> None:
        self._address = (host, port)
        self._room = connections
        self._free: deque[_Connection] = deque()  # the longest free first, as if each were another client
        self._waiting: deque[tuple[bytes, float]] = deque()
        self._opening: set[asyncio.Task[None]] = set()
        self._open: set[_Connection] = set()
        self._asked = 0
        self._progress = asyncio.Event()
        self._outcome = Outcome()

    async def offer(self, requests: Iterator[bytes], *, per_s: float, seconds: float) -> Outcome:
        """Send so many requests a second for so long, and wait for the answers of all."""
        outcome = self._outcome = Outcome(seconds=seconds)
        started_s = time.perf_counter()
        total, sent = int(per_s * seconds), 0
        while sent < total:
            due = min(total, int((time.perf_counter() - started_s) * per_s) + 1)
            for number in range(sent, due):
                self._send(next(requests), started_s + number / per_s)
            sent = max(sent, due)
            await asyncio.sleep(max(0.0005, started_s + sent / per_s - time.perf_counter()))
        await self._answers_of_all()
        return outcome

    async def keep_busy(self, requests: Iterator[bytes], *, clients: int, seconds: float) -> Outcome:
        """Keep so many requests under way, a closed loop: what the server can do at most."""
        outcome = self._outcome = Outcome()
        started_s = time.perf_counter()
        while (now_s := time.perf_counter()) < started_s + seconds:
            while self._asked < clients:
                self._send(next(requests), now_s)
            self._progress.clear()
            await self._progress.wait()
        outcome.seconds = time.perf_counter() - started_s
        await self._answers_of_all()
        return outcome

    async def _answers_of_all(self) -> None:
        async with asyncio.timeout(60):
            while self._asked:
                self._progress.clear()
                await self._progress.wait()

    def close(self) -> None:
        """Leave."""
        for connection in list(self._open):
            connection.transport.close()

    def answered(self, connection: _Connection, status: int, due_s: float) -> None:
        """A connection has its answer, and is free."""
        self._note(status, due_s)
        if connection.transport.is_closing():
            return
        if self._waiting:
            connection.ask(*self._waiting.popleft())
        else:
            self._free.append(connection)

    def lost(self, connection: _Connection, due_s: float | None) -> None:
        """A connection has ended."""
        self._open.discard(connection)
        if connection in self._free:
            self._free.remove(connection)
        if due_s is not None:
            self._note(GONE, due_s)

    def _note(self, status: int, due_s: float) -> None:
        self._asked -= 1
        self._outcome.add(status, time.perf_counter() - due_s)
        self._progress.set()

    def _send(self, request: bytes, due_s: float) -> None:
        self._asked += 1
        if self._free:
            self._free.popleft().ask(request, due_s)
        elif len(self._open) + len(self._opening) < self._room:
            task = asyncio.create_task(self._connect_and_ask(request, due_s))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)
        else:
            self._waiting.append((request, due_s))

    async def _connect_and_ask(self, request: bytes, due_s: float) -> None:
        loop = asyncio.get_running_loop()
        try:
            _, connection = await loop.create_connection(lambda: _Connection(self), *self._address)
        except OSError:
            self._note(GONE, due_s)
            return
        self._open.add(connection)
        connection.ask(request, due_s)


def post(path: str, body: bytes, content_type: str = "image/png") -> bytes:
    """One request, as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: digits\r\nContent-Type: {content_type}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def get(path: str) -> bytes:
    """One request, as it goes over the wire."""
    return f"GET {path} HTTP/1.1\r\nHost: digits\r\n\r\n".encode()
