"""What goes over the wire as JSON."""

from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from digits.contract import CLASSES, INPUT, OUTPUT, SIDE
from service.protocols.examples import BLANK, SEVEN_PNG

_MAX_DIMENSIONS: Final = 8
_MAX_TENSORS: Final = 16

Size: TypeAlias = Annotated[int, Ge(0), Le(2**31)]


class Message(BaseModel):
    """Base of all messages: members that we do not know are allowed, as the protocol says."""

    model_config = ConfigDict(frozen=True, strict=True, use_attribute_docstrings=True)


def _or_null(parameters: type[Message]) -> BeforeValidator:
    """Take null for no parameters: some clients send every member, and null for those they do not mean."""
    return BeforeValidator(
        lambda given: parameters() if given is None else given, json_schema_input_type=parameters | None
    )


_NONE: Final[Any] = Field(default=None, validate_default=True)
"""Becomes parameters all the same. As the document's default null is what code generators understand."""


class InputParameters(Message):
    """How an input is sent."""

    binary_data_size: Size | None = None
    """Bytes of the tensor behind the JSON; it then has no `data`."""


class OutputParameters(Message):
    """How an output is wanted."""

    binary_data: bool | None = None
    """Whether as bytes behind the JSON."""

    classification: Size | None = None
    """How many classes to name instead of the numbers, the most probable first; 0 is none."""


class RequestParameters(Message):
    """How the whole answer is wanted."""

    binary_data_output: bool | None = None
    """Whether outputs come as bytes behind the JSON, where they do not say it themselves."""


class InputTensor(Message):
    """One input."""

    name: Annotated[str, Field(examples=[INPUT])]
    shape: Annotated[list[Size], MinLen(1), MaxLen(_MAX_DIMENSIONS), Field(examples=[[1, SIDE, SIDE]])]
    datatype: Annotated[str, Field(examples=["UINT8"])]
    parameters: Annotated[InputParameters, _or_null(InputParameters)] = _NONE
    data: Annotated[list[Any] | None, Field(examples=[[BLANK]])] = None
    """Flat or nested, row by row; elements of BYTES are base64."""


class RequestedOutput(Message):
    """One output that is wanted."""

    name: Annotated[str, Field(examples=[OUTPUT])]
    parameters: Annotated[OutputParameters, _or_null(OutputParameters)] = _NONE


class InferenceRequest(Message):
    """A question: digit images as `images` (UINT8), or encoded pictures as `image` (BYTES)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"inputs": [{"name": "image", "shape": [1], "datatype": "BYTES", "data": [SEVEN_PNG]}]},
                {"inputs": [{"name": INPUT, "shape": [1, SIDE, SIDE], "datatype": "UINT8", "data": [BLANK]}]},
            ]
        }
    )

    id: str | None = None
    """The answer repeats it."""

    parameters: Annotated[RequestParameters, _or_null(RequestParameters)] = _NONE
    inputs: Annotated[list[InputTensor], MinLen(1), MaxLen(_MAX_TENSORS)]
    outputs: Annotated[list[RequestedOutput], MaxLen(_MAX_TENSORS)] | None = None
    """Without any, all are given."""


class OutputTensor(Message):
    """One output of an answer in JSON."""

    name: Annotated[str, Field(examples=[OUTPUT])]
    datatype: Annotated[str, Field(examples=["FP32"])]
    shape: Annotated[list[int], Field(examples=[[1, len(CLASSES)]])]
    data: list[Any]
    """Flat, row by row."""


class InferenceResponse(Message):
    """An answer."""

    model_name: str
    model_version: str
    id: str
    outputs: list[OutputTensor]


class TensorMetadata(Message):
    """What a tensor looks like; -1 is any size."""

    name: str
    datatype: str
    shape: list[int]


class ModelMetadata(Message):
    """What a model takes and gives. Of the two inputs a request has one."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


class ServerMetadata(Message):
    """Who answers, and what is spoken beyond the core."""

    name: str
    version: str
    extensions: list[str]


class Live(Message):
    """The process answers."""

    live: bool


class Ready(Message):
    """Whether inference is answered."""

    ready: bool


class ModelReady(Message):
    """Whether a model answers."""

    name: str
    ready: bool


class IndexRequest(Message):
    """What to list."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"ready": True}]})

    ready: bool = False
    """Only what serves."""


class IndexEntry(Message):
    """One version in the store."""

    name: str
    version: str
    state: str
    """READY or UNAVAILABLE."""

    reason: str


class ErrorMessage(Message):
    """What every status but 200 carries."""

    error: Annotated[str, Field(examples=["Servable not found for request: Latest(other)"])]
