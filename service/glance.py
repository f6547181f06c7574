"""A whole, plain request known for one without being parsed."""

import re
from typing import Final

_HEAD: Final = re.compile(rb"POST (/[^\s?]*)(?:\?\S*)? HTTP/1\.1\r\n(?:[!-9;-~]+:[^\r\n]*\r\n)+\r\n")
_LENGTH: Final = re.compile(rb"\r\ncontent-length: *([0-9]{1,9})\r\n")
_SPECIAL: Final = re.compile(rb"\r\n(?:transfer-encoding|connection|expect|upgrade):")


def path_of_whole(data: bytes) -> bytes | None:
    """The path of a POST request that is all of these bytes, and keeps its connection open.

    None where that is not plain to see: the parser has the last word on those.
    """
    head = _HEAD.match(data)
    if head is None:
        return None
    lowered = head[0].lower()
    length = _LENGTH.search(lowered)
    if length is None or lowered.count(b"\r\ncontent-length") > 1 or _SPECIAL.search(lowered):
        return None
    return head[1] if len(data) - head.end() == int(length[1]) else None
