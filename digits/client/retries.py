"""When a request is worth sending again, and how long to wait before."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

WORTH_A_RETRY: Final = frozenset({429, 502, 503, 504})
"""Statuses that say nothing of the request itself: all else would be refused again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How patient a client is. All that it asks changes nothing, so that all may be asked again.

    Attributes:
        attempts: How often a request is sent at most; 1 never sends it again.
        first_wait_s: Wait before the second attempt where the service names none; doubled for each further
            one, and drawn at random up to that, so that many clients do not come back at once.
        longest_wait_s: A service that names a longer wait is not waited for.
    """

    attempts: int = 4
    first_wait_s: float = 0.25
    longest_wait_s: float = 30
    draw: Callable[[], float] = random.random

    def wait_s(self, attempt: int, retry_after: str | None) -> float | None:
        """How long to wait after a failed attempt.

        Args:
            attempt: How many there were.
            retry_after: The answer's header, in seconds, if it had one.

        Returns:
            Seconds; None gives up.
        """
        if attempt >= self.attempts:
            return None
        if retry_after and retry_after.isascii() and retry_after.isdecimal():
            named_s = float(retry_after)
            return named_s if named_s <= self.longest_wait_s else None
        return min(self.longest_wait_s, self.first_wait_s * 2.0 ** (attempt - 1)) * self.draw()
