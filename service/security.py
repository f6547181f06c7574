"""Headers that keep a browser from making more of an answer than it is."""

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = "Content-Security-Policy"

_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"
"""For answers that load nothing: JSON, text, pictures."""

PAGE: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data: blob:; style-src 'self'; "
    "script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'"
)
"""For the page: its own files and answers, pictures that are on it already, and no HTML made of text."""

DOCS: Final = (
    "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
)
"""For Swagger UI, which starts by a script inside its page; that page shows nothing a client sent."""


HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    _POLICY: _NOTHING,
}
"""What every answer carries."""


def _raw(headers: dict[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    """As ASGI has them."""
    return tuple((name.lower().encode(), value.encode()) for name, value in headers.items())


RAW_HEADERS: Final = _raw(HEADERS)


class SecurityHeadersMiddleware:
    """Adds the headers to every answer, errors included."""

    def __init__(self, app: ASGIApp, *, policies: Mapping[str, str]) -> None:
        """Wrap `app`.

        Args:
            app: What answers requests.
            policies: The `Content-Security-Policy` of the paths that answer with a page.
        """
        self._app = app
        self._pages = {path: _raw(HEADERS | {_POLICY: policy}) for path, policy in policies.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = self._pages.get(scope["path"].removeprefix(scope.get("root_path", "")), RAW_HEADERS)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *headers]
            await send(message)

        await self._app(scope, receive, send_with_headers)
