"""What goes over the wire as JSON."""

from typing import Annotated, Any, Literal

from annotated_types import Len, MinLen
from pydantic import BaseModel, ConfigDict, Field

from digits.contract import INPUT
from service.protocols.examples import BLANK, SEVEN_PNG


class Message(BaseModel):
    """Base of all messages: members that we do not know are allowed."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class PredictRequest(Message):
    """A question: rows, or columns."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"instances": [{"b64": SEVEN_PNG}]},
                {"instances": [BLANK]},
                {"inputs": {INPUT: [BLANK]}},
            ]
        }
    )

    signature_name: str = "serving_default"
    instances: list[Any] | None = None
    """Rows: a digit image each, as 28 lists of 28 numbers, or an encoded picture, as `{"b64": "…"}`; or an
    object of one of both as `images` or `image`."""

    inputs: Any = None
    """A column: all digit images or pictures in one list; or an object of it as `images` or `image`."""


class Row(Message):
    """What is said of one image."""

    probabilities: list[float]
    """Of each of the ten digits."""

    digit_score: float
    """How much it looks like a digit at all, 0-1."""


class Columns(Message):
    """What is said of all images."""

    probabilities: list[list[float]]
    digit_score: list[float]


class PredictResponse(Message):
    """An answer: `predictions` in rows, or `outputs` in columns, as the question was."""

    predictions: list[Row] | None = None
    outputs: Columns | None = None


class ClassifyRequest(Message):
    """A question for labels."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"examples": [{"image": {"b64": SEVEN_PNG}}]}]})

    signature_name: str = "serving_default"
    examples: Annotated[list[dict[str, Any]], MinLen(1)]
    """A digit image each, as 784 numbers named `images`, or an encoded picture named `image`."""


class ClassifyResponse(Message):
    """An answer in labels. TensorFlow Serving's documentation says `result`, its code `results`."""

    results: list[list[Annotated[list[str | float], Len(2, 2)]]]
    """For each example each label and its probability."""


class VersionFault(Message):
    """What is wrong with a version: OK and nothing, of one that serves."""

    error_code: str
    error_message: str


class VersionStatus(Message):
    """One version that serves, or should."""

    version: str
    state: Literal["LOADING", "AVAILABLE", "END"]
    """END of one that could not be loaded, or was unloaded."""

    status: VersionFault


class ModelStatus(Message):
    """Which versions serve, or should; `name` and `ready` are KServe's."""

    model_version_status: list[VersionStatus]
    name: str
    ready: bool


class ServableMetadata(Message):
    """What a version takes and gives, as TensorFlow Serving nests it."""

    model_spec: dict[str, str]
    metadata: dict[str, Any]


class ServingError(Message):
    """What every status but 200 carries."""

    error: Annotated[str, Field(examples=["Servable not found for request: Latest(other)"])]
