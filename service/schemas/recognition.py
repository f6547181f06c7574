"""What is found on pictures."""

from dataclasses import asdict
from itertools import groupby
from typing import Annotated

import numpy as np
from annotated_types import Ge, Gt, Le, MaxLen, MinLen
from pydantic import Field

from service.inference import explanation as inference
from service.inference.reader import ReadDigit
from service.inference.recognizer import Recognition
from service.schemas.pictures import EXAMPLE_URI, data_uri
from service.schemas.schema import Fraction, ModelReference, Schema


class Area(Schema):
    """A rectangle on the picture, in its pixels, after EXIF has turned it upright; it may reach beyond it."""

    left: Annotated[float, Field(examples=[-12.5])]
    top: Annotated[float, Field(examples=[38.75])]
    width: Annotated[float, Gt(0), Field(examples=[243.6])]
    height: Annotated[float, Gt(0), Field(examples=[243.6])]


class Explanation(Schema):
    """What the model saw, and what of it counted: two PNGs of 28 x 28 pixels, as data URIs."""

    image: Annotated[str, Field(examples=[EXAMPLE_URI])]
    """The picture that the model got: black paper, white ink."""

    saliency: Annotated[str, Field(examples=[EXAMPLE_URI])]
    """How much the digit rests on each pixel: white the most, black not at all. Measured by occlusion:
    patches of the picture are erased, and the digit's log odds fall."""

    area: Area
    """What of the picture both show: drawn there, the saliency lies on the ink that counted."""

    @classmethod
    def of(cls, explanation: inference.Explanation) -> "Explanation":
        """Draw an explanation."""
        saliency = np.rint(explanation.saliency * 255).astype(np.uint8)
        area = Area(**asdict(explanation.area))
        return cls(image=data_uri(explanation.image), saliency=data_uri(saliency), area=area)


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

    explanation: Explanation | None = None
    """Only with `explain=true`."""

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
            explanation=recognition.explanation and Explanation.of(recognition.explanation),
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
