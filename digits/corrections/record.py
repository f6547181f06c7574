"""What is known of one correction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from digits.contract import CLASSES

NONE: Final = "none"
"""The label of a picture that shows no digit."""

LABELS: Final = (*CLASSES, NONE)
"""What a person may say of a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A picture that a person labeled, without its pixels.

    Attributes:
        id: By which it is listed and deleted; no secret.
        label: What the picture shows, one of LABELS.
        agreed: When the person agreed that it is kept, in UTC.
        picture_sha256: Of the PNG, in hexadecimal.
        predicted: What had been answered, one of LABELS.
        model_version: Which version had answered.
        request_id: Of that answer.
    """

    id: str
    label: str
    agreed: datetime
    picture_sha256: str
    predicted: str | None = None
    model_version: int | None = None
    request_id: str | None = None
