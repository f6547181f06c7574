"""Bounds on the bytes of requests' bodies and on their time, kept while they arrive."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.admission import HeldBytes
from service.errors import BodyTooLargeError, UploadTooSlowError


class BodyLimitMiddleware:
    """Raises where the application reads too large a body, so that a route's errors cover it.

    A declared length is judged before the first byte is read, a chunked body as it comes. All bodies
    together are bounded too: a thousand clients that each send a little less than allowed must
    not fill the memory.
    """

    def __init__(self, app: ASGIApp, *, limit_bytes: int, held: HeldBytes, timeout_s: float) -> None:
        """Wrap `app`.

        Args:
            app: What reads bodies.
            limit_bytes: Largest body.
            held: Bounds the sum over all requests that are being served.
            timeout_s: Seconds from a request's head to its body's last byte.
        """
        self._app = app
        self._limit_bytes = limit_bytes
        self._held = held
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        too_large = declared.isdecimal() and int(declared) > self._limit_bytes
        received = held = 0
        complete = False
        until_s = asyncio.get_running_loop().time() + self._timeout_s

        async def receive_within_limits() -> Message:
            nonlocal received, held, complete
            if too_large:
                raise BodyTooLargeError(self._limit_bytes)
            try:
                async with asyncio.timeout_at(None if complete else until_s):
                    message = await receive()
            except TimeoutError:
                raise UploadTooSlowError(self._timeout_s) from None
            complete = not message.get("more_body", False)
            size = len(message.get("body", b""))
            received += size
            if received > self._limit_bytes:
                raise BodyTooLargeError(self._limit_bytes)
            self._held.take(size)
            held += size
            return message

        try:
            await self._app(scope, receive_within_limits, send)
        finally:
            self._held.give_back(held)
