"""From a request's body to a question."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import ValidationError

from digits.contract import INPUT
from service.errors import ProtocolError
from service.protocols import documents
from service.protocols.open_inference.messages import InferenceRequest, InputTensor, Message
from service.protocols.open_inference.tensors import images, in_binary, only_input, pictures
from service.protocols.question import MAX_PICTURES, PICTURE_INPUT, Question

JSON_LENGTH_HEADER: Final = "Inference-Header-Content-Length"
"""Bytes of JSON before the binary tensors; without it the whole body is JSON."""

M = TypeVar("M", bound=Message)


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
        raise ProtocolError(complaints(error)) from None


def _split(body: bytes, json_length: str | None) -> tuple[bytes, memoryview]:
    if json_length is None:
        return body, memoryview(b"")
    if not (json_length.isascii() and json_length.isdecimal() and len(json_length) < 16):
        raise ProtocolError(f"{JSON_LENGTH_HEADER} is a number of bytes, not {json_length[:40]!r}.")
    length = int(json_length)
    if length > len(body):
        raise ProtocolError(f"{JSON_LENGTH_HEADER} is {length:,}, but the body has {len(body):,} bytes.")
    return body[:length], memoryview(body)[length:]


def complaints(error: ValidationError) -> str:
    """What is wrong, in one line."""
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'request'}: {each['msg']}" for each in error.errors()
    )


def _question(inputs: Sequence[InputTensor], tensors: memoryview) -> tuple[Question, int]:
    """The question, and how many bytes no input claimed."""
    tensor = only_input(inputs)
    size = tensor.parameters.binary_data_size
    if size is None:
        return _in_json(tensor), len(tensors)
    if tensor.data is not None:
        raise ProtocolError(f"Input '{tensor.name}' has both data and binary_data_size.")
    if size > len(tensors):
        raise ProtocolError(
            f"Input '{tensor.name}' has {size:,} bytes, but {len(tensors):,} follow the JSON."
        )
    return in_binary(tensor, tensors[:size]), len(tensors) - size


def _in_json(tensor: InputTensor) -> Question:
    if tensor.name == INPUT:
        return images(tensor, tensor.data or [])
    return pictures(tensor, _decode(tensor.data or []))


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
