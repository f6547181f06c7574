"""From a request's body to a question."""

import base64
import binascii
from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any, Final

from digits.contract import CLASSIFY_SIGNATURE, INPUT, SIDE, SIGNATURE
from service.errors import ProtocolError
from service.protocols import documents, pixels
from service.protocols.question import PICTURE_INPUT, Images, Pictures, Question

_BASE64: Final = "b64"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and whether in rows."""

    question: Question
    in_rows: bool


def parse_predict(body: bytes) -> Asked:
    """Read what was sent to `:predict`.

    Raises:
        ProtocolError: It does not follow the protocol, or asks for what this model does not take.
    """
    message = _message(body, {SIGNATURE})
    rows, columns = message.get("instances"), message.get("inputs")
    if rows is not None and columns is not None:
        raise ProtocolError(
            "Not formatted correctly expecting only one of 'inputs' or 'instances' keys to exist"
        )
    if rows is None and columns is None:
        raise ProtocolError("Missing 'inputs' or 'instances' key")
    if columns is not None:
        return Asked(_column(columns), in_rows=False)
    if not isinstance(rows, list):
        raise ProtocolError("Excepting 'instances' to be an list/array")  # the original's words, all of them
    if not rows:
        raise ProtocolError("No values in 'instances' array")
    return Asked(_rows(rows), in_rows=True)


def parse_classify(body: bytes) -> Question:
    """Read what was sent to `:classify`.

    Raises:
        ProtocolError: See `parse_predict`.
    """
    message = _message(body, {SIGNATURE, CLASSIFY_SIGNATURE})
    examples = message.get("examples")
    if examples is None:
        raise ProtocolError("When method is classify, key 'examples' is expected and was not found")
    if not isinstance(examples, list):
        raise ProtocolError("Expecting 'examples' value to be an list/array")
    if not examples:
        raise ProtocolError("'examples' value is an empty array")
    if not all(isinstance(each, dict) for each in examples):
        raise ProtocolError("Example must be JSON object")
    rows = [{name: _square(name, value) for name, value in each.items()} for each in examples]
    return _rows(rows)


def _square(name: str, value: object) -> object:
    """A feature of an example is flat: 784 numbers become rows of 28."""
    if name == INPUT and isinstance(value, list) and len(value) == pixels.IMAGE_BYTES:
        return [value[i : i + SIDE] for i in range(0, len(value), SIDE)]
    return value


def _message(body: bytes, signatures: Container[str]) -> Mapping[str, Any]:
    if not body.strip():
        raise ProtocolError("JSON Parse error: The document is empty")
    message = documents.parse(body)
    if not isinstance(message, dict):
        raise ProtocolError("JSON Value: Is not object")
    signature = message.get("signature_name", "")
    if not isinstance(signature, str):
        raise ProtocolError("not formatted correctly. 'signature_name' key must be a string value.")
    if signature and signature not in signatures:
        raise ProtocolError(f'Serving signature name: "{signature[:40]}" not found in signature def')
    return message


def _rows(rows: list[Any]) -> Question:
    """Rows are bare values, or objects that name them; all the same."""
    first = rows[0]
    if isinstance(first, dict) and _BASE64 not in first:
        name = next(iter(first), "")
        if not all(isinstance(row, dict) and list(row) == [name] for row in rows):
            raise ProtocolError(f"Each row has one and the same input, '{INPUT}' or '{PICTURE_INPUT}'")
        return _named(name, [row[name] for row in rows])
    return _column(rows)


def _column(values: object) -> Question:
    if isinstance(values, dict) and _BASE64 not in values:
        if len(values) != 1:
            raise ProtocolError(f"There is one input, '{INPUT}' or '{PICTURE_INPUT}', not {len(values)}")
        [(name, column)] = values.items()
        return _named(name, column)
    bare = [values] if isinstance(values, dict) else values
    of_pictures = isinstance(bare, list) and bool(bare) and isinstance(bare[0], dict)
    return _named(PICTURE_INPUT if of_pictures else INPUT, bare)


def _named(name: str, column: object) -> Question:
    if name == INPUT:
        return Images(pixels.from_rows(column))
    if name == PICTURE_INPUT:
        column = [column] if isinstance(column, dict) else column
        if not isinstance(column, list):
            raise ProtocolError(f"'{PICTURE_INPUT}' is a list")
        return Pictures([_picture(each) for each in column])
    raise ProtocolError(f"The inputs are '{INPUT}' and '{PICTURE_INPUT}', not {name[:40]!r}")


def _picture(value: object) -> bytes:
    encoded = value.get(_BASE64) if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(encoded, str):
        raise ProtocolError(f'An encoded picture is an object, {{"{_BASE64}": "…"}}')
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ProtocolError(f"An encoded picture is no base64: {error}") from None
