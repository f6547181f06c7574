"""Compressed request bodies, inflated within bounds."""

import zlib
from typing import Final

from service.errors import BodyTooLargeError, ProtocolError

ENCODINGS: Final = ("gzip", "deflate")

_EITHER_HEADER: Final = zlib.MAX_WBITS + 32
"""zlib tells gzip's header from its own."""


def inflate(body: bytes, encoding: str, *, limit_bytes: int) -> bytes:
    """Undo a Content-Encoding.

    Args:
        body: As it arrived.
        encoding: The header's value; empty and `identity` are none.
        limit_bytes: Largest result.

    Raises:
        ProtocolError: The encoding is unknown, or the body is not so encoded.
        BodyTooLargeError: The result is larger; no more of it than the limit was ever held.
    """
    encoding = encoding.strip().lower()
    if encoding in {"", "identity"}:
        return body
    if encoding not in ENCODINGS:
        raise ProtocolError(f"The Content-Encoding may be {' or '.join(ENCODINGS)}, not {encoding[:40]!r}.")
    stream = zlib.decompressobj(_EITHER_HEADER)
    try:
        inflated = stream.decompress(body, limit_bytes + 1)
    except zlib.error as error:
        raise ProtocolError(f"The body is no {encoding}: {error}.") from None
    if len(inflated) > limit_bytes:
        raise BodyTooLargeError(limit_bytes)
    if not stream.eof or stream.unused_data:
        raise ProtocolError(f"The body is no whole {encoding}.")
    return inflated
