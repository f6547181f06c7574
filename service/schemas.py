"""What goes over the wire, as JSON."""

from datetime import datetime
from itertools import groupby
from typing import Annotated, Literal, TypeAlias

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field

from service.inference.reader import ReadDigit
from service.inference.recognizer import Recognition, Recognizer

Fraction: TypeAlias = Annotated[float, Ge(0), Le(1)]


class Schema(BaseModel):
    """Base of all bodies: immutable, documented by its members' docstrings."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ModelReference(Schema):
    """Which model answered."""

    name: Annotated[str, Field(examples=["digits"])]
    version: Annotated[int, Field(examples=[1])]
    engine: Annotated[str, Field(examples=["litert"])]

    @classmethod
    def of(cls, recognizer: Recognizer) -> "ModelReference":
        """Name the recognizer's model."""
        model = recognizer.model
        return cls(name=model.name, version=model.version, engine=recognizer.engine.name)


class Prediction(Schema):
    """The digit on a picture."""

    digit: Annotated[int, Ge(0), Le(9), Field(examples=[7])]
    """The most probable digit."""

    confidence: Annotated[Fraction, Field(examples=[0.9991])]
    """Its probability."""

    probabilities: Annotated[
        list[Fraction],
        MinLen(10),
        MaxLen(10),
        Field(examples=[[0.0, 0.0001, 0.0005, 0.0001, 0.0, 0.0, 0.0, 0.9991, 0.0, 0.0002]]),
    ]
    """Probability of each digit from 0 to 9; they sum to 1."""

    is_digit: bool
    """Whether the picture looks like a digit at all: `digit_score` reaches the service's threshold."""

    digit_score: Annotated[Fraction, Field(examples=[0.98])]
    """How much the picture looks like a digit at all, as the model says; the highest probability where it
    says nothing of it."""

    model: ModelReference

    @classmethod
    def of(cls, recognition: Recognition, model: ModelReference, *, min_digit_score: float) -> "Prediction":
        """Put a recognition into words."""
        return cls(
            digit=recognition.digit,
            confidence=recognition.confidence,
            probabilities=list(recognition.probabilities),
            is_digit=recognition.digit_score >= min_digit_score,
            digit_score=recognition.digit_score,
            model=model,
        )


class Box(Schema):
    """A rectangle on the picture, in its pixels, after EXIF has turned it upright."""

    left: Annotated[int, Ge(0), Field(examples=[120])]
    top: Annotated[int, Ge(0), Field(examples=[64])]
    width: Annotated[int, Ge(1), Field(examples=[52])]
    height: Annotated[int, Ge(1), Field(examples=[80])]


class DigitOnPage(Schema):
    """One of the digits on a picture."""

    digit: Annotated[int, Ge(0), Le(9), Field(examples=[9])]
    confidence: Annotated[Fraction, Field(examples=[0.998])]
    """Its probability."""

    line: Annotated[int, Ge(0), Field(examples=[0])]
    """Which of `lines` it is on."""

    box: Box

    @classmethod
    def of(cls, read: ReadDigit) -> "DigitOnPage":
        """Put one digit into words."""
        box = Box(left=read.box.left, top=read.box.top, width=read.box.width, height=read.box.height)
        return cls(digit=read.digit, confidence=read.confidence, line=read.line, box=box)


class Reading(Schema):
    """All digits on a picture, in reading order."""

    text: Annotated[str, Field(examples=["90210"])]
    """All lines, with a line feed between two; empty if there is ink, but no digit."""

    lines: Annotated[list[str], Field(examples=[["90210"]])]
    """The digits of each line, from the top."""

    digits: list[DigitOnPage]
    """Each digit: line by line, from the left."""

    model: ModelReference

    @classmethod
    def of(cls, digits: list[ReadDigit], model: ModelReference) -> "Reading":
        """Put what was read into words."""
        lines = ["".join(str(each.digit) for each in line) for _, line in groupby(digits, lambda d: d.line)]
        return cls(
            text="\n".join(lines), lines=lines, digits=[DigitOnPage.of(each) for each in digits], model=model
        )


class Health(Schema):
    """One summary for people and load balancers."""

    status: Literal["ready", "loading", "failed"]
    """`ready` comes with 200, the others with 503."""

    service_version: Annotated[str, Field(examples=["0.1.0"])]
    uptime_s: Annotated[float, Ge(0), Field(examples=[12.3])]
    model: ModelReference | None
    """What serves; null until it is ready."""


class Probe(Schema):
    """The answer to one yes-or-no question."""

    ok: bool


class ModelCard(Schema):
    """What a client may want to know of the model that serves."""

    name: Annotated[str, Field(examples=["digits"])]
    version: Annotated[int, Field(examples=[1])]
    engine: Annotated[str, Field(examples=["litert"])]
    classes: list[str]
    """The label of each probability, in order."""

    contract_version: int | None
    """The image contract it was made for. This and what follows is null for a SavedModel that came
    without a manifest."""

    network: Annotated[str | None, Field(examples=["convolutional"])]
    weights: Annotated[int | None, Field(examples=[197802])]
    created: datetime | None
    metrics: Annotated[dict[str, float] | None, Field(examples=[{"test_accuracy": 0.996}])]
    """Measured when it was published, on data it was not trained on."""


class Problem(Schema):
    """An error, as RFC 9457 has it (`application/problem+json`)."""

    type: Annotated[str, Field(examples=["/problems/blank-image"])]
    """Stable name of the error: a path under which the service explains it."""

    title: Annotated[str, Field(examples=["Nothing is drawn on the image."])]
    """The error in one sentence, the same every time."""

    status: Annotated[int, Field(examples=[422])]
    """The HTTP status, once more."""

    detail: str
    """What was wrong this time, what is allowed, what to do."""

    code: Annotated[str, Field(examples=["blank-image"])]
    """The last part of `type`, for programs that branch on it."""
