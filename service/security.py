"""Headers that keep a browser from making more of an answer than it is."""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
"""For answers that load nothing: JSON, text, pictures."""

_DOCS: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)
"""For Swagger UI, which starts by a script inside its page; that page shows nothing a client sent."""


HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": _NOTHING,
}
"""What every answer carries."""


def _raw(headers: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """As ASGI has them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


_RAW: Final = _raw(HEADERS)
_RAW_DOCS: Final = _raw(HEADERS | {"Content-Security-Policy": _DOCS})


class SecurityHeadersMiddleware:
    """Adds the headers to every answer, errors included."""

    def __init__(self, app: ASGIApp, *, docs_path: str) -> None:
        self._app = app
        self._docs_path = docs_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_docs = scope["path"].removeprefix(scope.get("root_path", "")) == self._docs_path

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *(_RAW_DOCS if is_docs else _RAW)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
