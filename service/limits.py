"""A bound on the bytes of a request's body, kept while they arrive."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.errors import BodyTooLargeError


class BodyLimitMiddleware:
    """Raises where the application reads too large a body, so that a route's errors cover it.

    A declared length is judged before the first byte is read, a chunked body as it comes.
    """

    def __init__(self, app: ASGIApp, *, limit_bytes: int) -> None:
        self._app = app
        self._limit_bytes = limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "")
        too_large = declared.isdecimal() and int(declared) > self._limit_bytes
        received = 0

        async def receive_within_limit() -> Message:
            nonlocal received
            if too_large:
                raise BodyTooLargeError(self._limit_bytes)
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit_bytes:
                raise BodyTooLargeError(self._limit_bytes)
            return message

        await self._app(scope, receive_within_limit, send)
