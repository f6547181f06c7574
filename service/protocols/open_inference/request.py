"""From a request's body to a question."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import ValidationError

from digits.contract import INPUT, SIDE
from service.errors import ProtocolError
from service.protocols import documents, pixels
from service.protocols.open_inference.messages import InferenceRequest, InputTensor, Message
from service.protocols.question import MAX_PICTURES, PICTURE_INPUT, Images, Pictures, Question

JSON_LENGTH_HEADER: Final = "Inference-Header-Content-Length"
"""Bytes of JSON before the binary tensors; without it the whole body is JSON."""

M = TypeVar("M", bound=Message)

_ELEMENT_LENGTH_BYTES: Final = 4


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and how its answer is wanted."""

    question: Question
    request: InferenceRequest


def parse(body: bytes, json_length: str | None) -> Asked:
    """Read a request.

    Args:
        body: JSON, and behind it the binary tensors.
        json_length: Value of the header `JSON_LENGTH_HEADER`, if there is one.

    Raises:
        ProtocolError: It does not follow the protocol, or asks for what this model does not take.
    """
    document, tensors = _split(body, json_length)
    request = parse_message(InferenceRequest, document)
    question, rest = _question(request.inputs, tensors)
    if rest:
        raise ProtocolError(f"{rest:,} bytes are left behind the last tensor.")
    return Asked(question, request)


def parse_message(kind: type[M], document: bytes) -> M:
    """Read a message; an empty document is an empty object.

    Raises:
        ProtocolError: It is not what it should be.
    """
    try:
        return kind.model_validate(documents.parse(document or b"{}"))
    except ValidationError as error:
        raise ProtocolError(_complaints(error)) from None


def _split(body: bytes, json_length: str | None) -> tuple[bytes, memoryview]:
    if json_length is None:
        return body, memoryview(b"")
    if not (json_length.isascii() and json_length.isdecimal() and len(json_length) < 16):
        raise ProtocolError(f"{JSON_LENGTH_HEADER} is a number of bytes, not {json_length[:40]!r}.")
    length = int(json_length)
    if length > len(body):
        raise ProtocolError(f"{JSON_LENGTH_HEADER} is {length:,}, but the body has {len(body):,} bytes.")
    return body[:length], memoryview(body)[length:]


def _complaints(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'request'}: {each['msg']}" for each in error.errors()
    )


def _question(inputs: Sequence[InputTensor], tensors: memoryview) -> tuple[Question, int]:
    """The question, and how many bytes no input claimed."""
    if len(inputs) != 1 or inputs[0].name not in {INPUT, PICTURE_INPUT}:
        names = ", ".join(repr(each.name[:40]) for each in inputs)
        raise ProtocolError(
            f"A request has one input, '{INPUT}' (digit images) or '{PICTURE_INPUT}' (encoded pictures), "
            f"not {names}."
        )
    tensor = inputs[0]
    size = tensor.parameters.binary_data_size
    if size is not None and tensor.data is not None:
        raise ProtocolError(f"Input '{tensor.name}' has both data and binary_data_size.")
    if size is not None and size > len(tensors):
        raise ProtocolError(
            f"Input '{tensor.name}' has {size:,} bytes, but {len(tensors):,} follow the JSON."
        )
    binary = None if size is None else tensors[:size]
    question = _images(tensor, binary) if tensor.name == INPUT else _pictures(tensor, binary)
    return question, len(tensors) - (size or 0)


def _images(tensor: InputTensor, binary: memoryview | None) -> Images:
    shape = tensor.shape
    if tensor.datatype != "UINT8" or shape[1:] != [SIDE, SIDE] or shape[0] < 1:
        raise ProtocolError(
            f"'{INPUT}' is UINT8 of shape [n, {SIDE}, {SIDE}], n at least 1, "
            f"not {tensor.datatype[:40]} of {shape}."
        )
    if binary is not None:
        return Images(pixels.from_bytes(binary, shape[0]))
    return Images(pixels.from_any_nesting(tensor.data or [], shape[0]))


def _pictures(tensor: InputTensor, binary: memoryview | None) -> Pictures:
    if tensor.datatype != "BYTES":
        raise ProtocolError(f"'{PICTURE_INPUT}' is BYTES, not {tensor.datatype[:40]}.")
    elements = _decode(tensor.data or []) if binary is None else _elements(binary)
    if tensor.shape not in ([len(elements)], [len(elements), 1]):
        raise ProtocolError(f"'{PICTURE_INPUT}' has {len(elements)} elements; its shape is {tensor.shape}.")
    return Pictures(elements)


def _decode(data: list[object]) -> list[bytes]:
    """JSON carries no bytes: its strings are base64, in lists of one each or in one list."""
    flat = [
        each[0] if isinstance(each, list) and len(each) == 1 else each for each in data[: MAX_PICTURES + 1]
    ]
    if not all(isinstance(each, str) for each in flat):
        raise ProtocolError(f"In JSON an element of '{PICTURE_INPUT}' is a string: the picture in base64.")
    try:
        return [base64.b64decode(str(each), validate=True) for each in flat]
    except (binascii.Error, ValueError) as error:
        raise ProtocolError(f"An element of '{PICTURE_INPUT}' is no base64: {error}.") from None


def _elements(binary: memoryview) -> list[bytes]:
    """Each element follows its length, 4 bytes, the lowest first."""
    elements: list[bytes] = []
    at = 0
    while at < len(binary) and len(elements) <= MAX_PICTURES:
        start = at + _ELEMENT_LENGTH_BYTES
        at = start + int.from_bytes(binary[at:start], "little")
        if at > len(binary):
            raise ProtocolError(f"An element of '{PICTURE_INPUT}' is longer than its tensor.")
        elements.append(bytes(binary[start:at]))
    return elements
