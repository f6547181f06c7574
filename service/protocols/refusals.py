"""Errors in the words of the protocol that a path belongs to."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from service.errors import OverloadedError

MEDIA_TYPE: Final = "application/json"

_TENSORFLOW_SERVING: Final = "/v1/"
_OPEN_INFERENCE: Final = ("/v2", "/v2/")

_MALFORMED: Final = frozenset({"not-found", "method-not-allowed", "invalid-request"})
"""Codes for which TensorFlow Serving has one answer: it knows no such call."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as a client of the protocol expects it: a status and a JSON body."""

    status: int
    body: bytes


def refusal(method: str, path: str, *, status: int, code: str, detail: str) -> Refusal | None:
    """Say an error as the path's protocol does; None where the path belongs to none.

    Args:
        method: Of the request.
        path: Of the request, under the service's root.
        status: The error's usual status.
        code: Its stable name.
        detail: What was wrong.
    """
    if path.startswith(_TENSORFLOW_SERVING):
        if code in _MALFORMED:
            return _refusal(HTTPStatus.BAD_REQUEST, f"Malformed request: {method} {path}")
        return _refusal(HTTPStatus.TOO_MANY_REQUESTS if code == OverloadedError.code else status, detail)
    if path == _OPEN_INFERENCE[0] or path.startswith(_OPEN_INFERENCE[1]):
        return _refusal(status, detail)
    return None


def _refusal(status: int, detail: str) -> Refusal:
    return Refusal(int(status), json.dumps({"error": detail}).encode())
