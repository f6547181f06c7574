"""What goes over the wire and what comes back, whoever carries it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, TypeAlias, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from digits.client.answers import Classification, Prediction, Reading
from digits.client.errors import AnswerError, RefusedError
from digits.contract import INPUT, OUTPUT, SCORE_OUTPUT, SIDE, DigitImages

T = TypeVar("T")

Picture: TypeAlias = bytes | str | Path
"""A whole picture file's bytes, or where it lies."""

MAX_IMAGES: Final = 4096
"""Digit images in one request: 3 MB."""

_JSON_LENGTH: Final = "Inference-Header-Content-Length"
_PREDICTION: Final = TypeAdapter(Prediction)
_READING: Final = TypeAdapter(Reading)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One request, and how its answer is read."""

    path: str
    body: bytes
    read: Callable[[Answer], T]
    headers: Mapping[str, str] = field(default_factory=dict)


def predict(picture: Picture) -> Call[Prediction]:
    """`POST /predict`."""
    return Call("/predict", _bytes(picture), lambda answer: _typed(_PREDICTION, answer), _OCTETS)


def read(picture: Picture) -> Call[Reading]:
    """`POST /read`."""
    return Call("/read", _bytes(picture), lambda answer: _typed(_READING, answer), _OCTETS)


def classify(images: DigitImages, version: int | None) -> Iterator[Call[Classification]]:
    """`POST /v2/models/digits/infer`, as often as it takes.

    Args:
        images: uint8 (n, SIDE, SIDE), n at least 1.
        version: Of the model; None is the one that answers unasked.

    Raises:
        ValueError: They are no digit images.
    """
    if images.dtype != np.uint8 or images.shape[1:] != (SIDE, SIDE) or not len(images):
        raise ValueError(f"digit images are uint8 (n, {SIDE}, {SIDE}), not {images.dtype} {images.shape}")
    path = "/v2/models/digits" + (f"/versions/{version}" if version else "") + "/infer"
    return (_infer(path, images[i : i + MAX_IMAGES]) for i in range(0, len(images), MAX_IMAGES))


def refuse(answer: Answer) -> None:
    """Raise what a refusal says.

    Raises:
        RefusedError: The status is none of success.
    """
    if 200 <= answer.status < 300:
        return
    try:
        said = json.loads(answer.body)
        detail = said.get("detail") or said.get("error") or ""
        raise RefusedError(answer.status, str(said.get("code", "")), str(detail))
    except (ValueError, AttributeError):
        raise RefusedError(answer.status, "", f"Refused with the status {answer.status}.") from None


_OCTETS: Final = {"Content-Type": "application/octet-stream"}


def _bytes(picture: Picture) -> bytes:
    return picture if isinstance(picture, bytes) else Path(picture).read_bytes()


def _typed(kind: TypeAdapter[T], answer: Answer) -> T:
    try:
        return kind.validate_json(answer.body)
    except ValidationError as error:
        raise AnswerError(f"The answer is not one of Digits: {error}") from None


def _infer(path: str, images: DigitImages) -> Call[Classification]:
    tensor = np.ascontiguousarray(images).tobytes()
    document = json.dumps(
        {
            "parameters": {"binary_data_output": True},
            "inputs": [
                {
                    "name": INPUT,
                    "datatype": "UINT8",
                    "shape": list(images.shape),
                    "parameters": {"binary_data_size": len(tensor)},
                }
            ],
            "outputs": [{"name": OUTPUT}, {"name": SCORE_OUTPUT}],
        }
    ).encode()
    return Call(path, document + tensor, _classification, {_JSON_LENGTH: str(len(document)), **_OCTETS})


def _classification(answer: Answer) -> Classification:
    try:
        length = int(answer.headers[_JSON_LENGTH])
        message: dict[str, Any] = json.loads(answer.body[:length])
        sizes = [each["parameters"]["binary_data_size"] for each in message["outputs"]]
        floats = np.frombuffer(answer.body[length:], "<f4").astype(np.float32)
        probabilities, scores = np.split(floats, [sizes[0] // 4])
        return Classification(probabilities.reshape(len(scores), -1), scores, int(message["model_version"]))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise AnswerError(f"The answer is not one of Digits: {error!r}") from None
