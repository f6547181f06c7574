"""A message's outline, read before the message is."""

from collections.abc import Iterator
from typing import Final, TypeAlias

from service.errors import ProtocolError

MAX_FIELDS: Final = 1024
"""In one request, numbers in one packed field counted once. An empty tensor is 2 bytes on the wire and some
90 in memory: 20 MB of them took 2.2 s, in which nobody else is answered, and 910 MB."""

_Nested: TypeAlias = "dict[int, _Nested]"

_NESTED: Final[dict[str, _Nested]] = {
    "inference.ModelInferRequest": {4: {}, 5: {4: {}, 5: {}}, 6: {2: {}}},
}
"""By number, the fields of a message, and of what is in it, that are messages and may have many fields."""

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


def check_outline(kind: str, message: memoryview) -> None:
    """Refuse a message of too many fields.

    Raises:
        ProtocolError: They are too many, or this is no message.
    """
    budget = MAX_FIELDS
    levels = [(message, _NESTED.get(kind, {}))]
    while levels:
        level, nested = levels.pop()
        for number, content in _fields(level):
            budget -= 1
            if budget < 0:
                raise ProtocolError(
                    f"The message has more than {MAX_FIELDS:,} fields; send numbers packed, or as raw bytes."
                )
            if content is not None and number in nested:
                levels.append((content, nested[number]))


def _fields(message: memoryview) -> Iterator[tuple[int, memoryview | None]]:
    """Number of each field, and its content where it has a length."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        kind = key & 7
        content = None
        if kind == _VARINT:
            _, at = _varint(message, at)
        elif kind == _FIXED64:
            at += 8
        elif kind == _FIXED32:
            at += 4
        elif kind == _BYTES:
            length, at = _varint(message, at)
            content = message[at : at + length]
            at += length
        else:
            raise ProtocolError("The message is no protocol buffer.")
        if at > len(message):
            raise ProtocolError("The message breaks off.")
        yield key >> 3, content


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number there, and where the next thing is."""
    value = 0
    for i, byte in enumerate(message[at : at + 10]):
        value |= (byte & 0x7F) << (7 * i)
        if byte < 0x80:
            return value, at + i + 1
    raise ProtocolError("The message breaks off.")
