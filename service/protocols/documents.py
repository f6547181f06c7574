"""JSON that a stranger wrote, read within bounds."""

import json
from typing import Final

from service.errors import ProtocolError

MAX_COMMAS: Final = 1 << 20
"""Numbers in one document, nearly: 1,337 digit images. Parsing holds the interpreter, some 100 ns a number,
and nobody else is answered meanwhile; more images fit into a request as a binary tensor."""

_OPENINGS: Final = (b"[", b"{", b":")

MAX_OPENINGS: Final = 1 << 16
"""Lists, objects and their members in one document, nearly: 1,337 digit images have 38,775. They cost more
time and memory than numbers do, and need no commas between them."""


def parse(document: bytes) -> object:
    """Parse JSON.

    Raises:
        ProtocolError: It is none, or holds more values than we read.
    """
    if document.count(b",") > MAX_COMMAS:  # strings have none where they are long: base64 is without
        raise ProtocolError(
            f"JSON Parse error: more than {MAX_COMMAS:,} values. Send fewer images at a time, or send them "
            "as a binary tensor (Open Inference Protocol)."
        )
    if sum(map(document.count, _OPENINGS)) > MAX_OPENINGS:
        raise ProtocolError(f"JSON Parse error: more than {MAX_OPENINGS:,} lists, objects and members.")
    try:
        return json.loads(document)
    except RecursionError:
        raise ProtocolError("JSON Parse error: too deeply nested") from None
    except ValueError as error:  # no JSON, no UTF-8, or a number of thousands of digits
        raise ProtocolError(f"JSON Parse error: {error}") from None
