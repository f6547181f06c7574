"""Pictures in chunks: what a process reads at a time, and what a kill can cost."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, Protocol, TypeAlias, TypeVar

T = TypeVar("T")

MAX_CHUNK_BYTES: Final = 32 * 2**20
"""Encoded pictures of one chunk, about: of photos it holds few, so that each is soon done."""

Picture: TypeAlias = bytes | OSError
"""An encoded picture, or why its file cannot be read."""


class Chunk(Protocol):
    """Some pictures and how to get them; travels to another process, or machine, without them."""

    @property
    def sources(self) -> tuple[str, ...]:
        """Name of each picture."""

    def pictures(self) -> Iterator[Picture]:
        """The pictures, in the order of their names."""


class Source(Protocol):
    """Where pictures are."""

    @property
    def identity(self) -> str:
        """Another one wherever the pictures may have changed places."""

    @property
    def count(self) -> int | None:
        """How many pictures there are; None where it takes reading them to tell."""

    def chunks(self, size: int) -> Iterator[Chunk]:
        """All pictures, always in the same chunks of at most `size`.

        Raises:
            SourceError: The rest cannot be read.
        """


def cut(items: Iterable[T], size: int, bytes_of: Callable[[T], int]) -> Iterator[list[T]]:
    """Put pictures into chunks of at most `size`, and of not much more than MAX_CHUNK_BYTES."""
    chunk: list[T] = []
    chunk_bytes = 0
    for item in items:
        if chunk and (len(chunk) == size or chunk_bytes + bytes_of(item) > MAX_CHUNK_BYTES):
            yield chunk
            chunk, chunk_bytes = [], 0
        chunk.append(item)
        chunk_bytes += bytes_of(item)
    if chunk:
        yield chunk
