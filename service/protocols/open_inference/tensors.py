"""From the one tensor of a request, however it was sent, to a question."""

from collections.abc import Sequence
from typing import Any, Final

from digits.contract import INPUT, SIDE
from service.errors import ProtocolError
from service.protocols import pixels
from service.protocols.open_inference.messages import InputTensor
from service.protocols.question import MAX_PICTURES, PICTURE_INPUT, Images, Pictures, Question

_ELEMENT_LENGTH_BYTES: Final = 4


def only_input(inputs: Sequence[InputTensor]) -> InputTensor:
    """The input of a request.

    Raises:
        ProtocolError: It has another one, or several.
    """
    if len(inputs) != 1 or inputs[0].name not in {INPUT, PICTURE_INPUT}:
        names = ", ".join(repr(each.name[:40]) for each in inputs)
        raise ProtocolError(
            f"A request has one input, '{INPUT}' (digit images) or '{PICTURE_INPUT}' (encoded pictures), "
            f"not {names}."
        )
    return inputs[0]


def in_binary(tensor: InputTensor, data: memoryview) -> Question:
    """Read a tensor that came as bytes.

    Raises:
        ProtocolError: They are not what the tensor says of itself.
    """
    return images(tensor, data) if tensor.name == INPUT else pictures(tensor, _elements(data))


def images(tensor: InputTensor, data: memoryview | list[Any]) -> Images:
    """Digit images, as bytes or as numbers.

    Raises:
        ProtocolError: The tensor is of another type or shape, or the data are.
    """
    shape = tensor.shape
    if tensor.datatype != "UINT8" or shape[1:] != [SIDE, SIDE] or shape[0] < 1:
        raise ProtocolError(
            f"'{INPUT}' is UINT8 of shape [n, {SIDE}, {SIDE}], n at least 1, "
            f"not {tensor.datatype[:40]} of {shape}."
        )
    if isinstance(data, memoryview):
        return Images(pixels.from_bytes(data, shape[0]))
    return Images(pixels.from_any_nesting(data, shape[0]))


def pictures(tensor: InputTensor, elements: Sequence[bytes]) -> Pictures:
    """Encoded pictures.

    Raises:
        ProtocolError: The tensor is of another type or shape, or they are too many.
    """
    if tensor.datatype != "BYTES":
        raise ProtocolError(f"'{PICTURE_INPUT}' is BYTES, not {tensor.datatype[:40]}.")
    if tensor.shape not in ([len(elements)], [len(elements), 1]):
        raise ProtocolError(f"'{PICTURE_INPUT}' has {len(elements)} elements; its shape is {tensor.shape}.")
    return Pictures(elements)


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
