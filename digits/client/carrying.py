"""What both clients do around each attempt; only waiting differs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

import httpx

from digits.client import calls
from digits.client.calls import Answer, Call
from digits.client.errors import ClientError, UnreachableError
from digits.client.retries import WORTH_A_RETRY, Retries

T = TypeVar("T")


def authorization(key: str | None) -> dict[str, str]:
    """The header that carries an API key."""
    return {"Authorization": f"Bearer {key}"} if key else {}


class Attempts(Generic[T]):
    """The attempts at one call, and what came of the last."""

    def __init__(self, call: Call[T], retries: Retries) -> None:
        self._call = call
        self._retries = retries
        self._made = 0
        self._outcome: Answer | ClientError = UnreachableError("Nothing was sent.")

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Send the request inside; that no answer comes is remembered, not raised."""
        self._made += 1
        try:
            yield
        except (httpx.TransportError, httpx.DecodingError) as error:
            self._outcome = UnreachableError(f"No answer: {error or type(error).__name__}")
            self._outcome.__cause__ = error

    def answered(self, got: httpx.Response) -> None:
        """Remember an answer."""
        self._outcome = Answer(got.status_code, got.headers, got.content)

    def wait_s(self) -> float | None:
        """Seconds to wait before the next attempt; None if there is to be none."""
        if isinstance(self._outcome, ClientError):
            return self._retries.wait_s(self._made, None)
        if self._outcome.status not in WORTH_A_RETRY:
            return None
        return self._retries.wait_s(self._made, self._outcome.headers.get("Retry-After"))

    def result(self) -> T:
        """What the last answer says.

        Raises:
            ClientError: There was none, it is a refusal, or not the service's.
        """
        if isinstance(self._outcome, ClientError):
            raise self._outcome
        calls.refuse(self._outcome)
        return self._call.read(self._outcome)
