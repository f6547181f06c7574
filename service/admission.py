"""How many requests may wait for an answer at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

from service.errors import OverloadedError


class Admission:
    """Counts the requests that are inside; lets no more in than the limit.

    A queue without a bound turns overload into memory and into answers that come too late for
    anyone; refusing at once costs next to nothing and tells a client to come again.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._inside = 0

    @contextmanager
    def admit(self) -> Iterator[None]:
        """Be inside for as long as the context lasts.

        Raises:
            OverloadedError: As many as the limit are inside already.
        """
        if self._inside >= self._limit:
            raise OverloadedError(self._limit)
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
