"""An answer's head and body leave in one write."""

import asyncio
from typing import Any, Final

_HEAD_END: Final = b"\r\n\r\n"
_INTERIM: Final = b"HTTP/1.1 1"
"""Such as 100 Continue, for which a client waits."""


class JoiningTransport:
    """A transport that keeps an answer's head until what follows it.

    uvicorn writes head and body apart, and uvloop sends each at once: two calls of the system and two
    wake-ups of the client, for answers that fit one packet.

    Args:
        transport: What is written to; all else that is asked of this object is its own.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing  # asked for each request

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Send data, after the head that waits; or let it wait, if it is a head alone."""
        if self._head:
            data, self._head = self._head + data, b""
        elif data.endswith(_HEAD_END) and not data.startswith(_INTERIM):
            self._head = data
            return
        self._send(data)

    def flush(self) -> None:
        """Send a head that nothing follows."""
        if self._head:
            data, self._head = self._head, b""
            self._send(data)

    def write_eof(self) -> None:
        """Send what waits, then the end."""
        self.flush()
        self._transport.write_eof()

    def close(self) -> None:
        """Send what waits, then close."""
        self.flush()
        self._transport.close()

    def _send(self, data: bytes) -> None:
        """Write, unless the connection has ended: asyncio's transports ignore that, where uvloop's raise."""
        if not self.is_closing():
            self._transport.write(data)
