"""Who may ask, and how often: keys, known by their hashes alone."""

import hashlib
import hmac
import time
from collections.abc import Callable, Iterable

from service.errors import RateLimitedError


class KeyRing:
    """The SHA-256 of each key that is let in, in hexadecimal.

    A key is a long random string, so that one plain hash of it tells nothing; a password would need
    a slow, salted one.
    """

    def __init__(self, hashes: Iterable[str]) -> None:
        self._hashes = tuple(each.encode() for each in hashes if each)

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def find(self, key: str) -> bytes | None:
        """The hash of a key that is let in, or None. Takes the same time whichever hash it is."""
        given = hashlib.sha256(key.encode()).hexdigest().encode()
        found = None
        for each in self._hashes:
            if hmac.compare_digest(each, given):
                found = each
        return found


class RateLimit:
    """A token bucket for each key: a second's worth at once, refilled steadily."""

    def __init__(self, per_s: float, *, now_s: Callable[[], float] = time.monotonic) -> None:
        """Fill the buckets.

        Args:
            per_s: Requests a second that each key may send; 0 is no limit.
            now_s: The clock.
        """
        self._per_s = per_s
        self._now_s = now_s
        self._buckets: dict[bytes, tuple[float, float]] = {}

    def take(self, key: bytes) -> None:
        """Count one request.

        Raises:
            RateLimitedError: The key has sent too many.
        """
        if not self._per_s:
            return
        now, size = self._now_s(), max(1.0, self._per_s)
        tokens, filled = self._buckets.get(key, (size, now))
        tokens = min(size, tokens + (now - filled) * self._per_s)
        if tokens < 1:
            raise RateLimitedError(self._per_s, wait_s=(1 - tokens) / self._per_s)
        self._buckets[key] = (tokens - 1, now)
