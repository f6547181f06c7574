"""What a person sends beside the picture."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Self

from digits.corrections.record import LABELS
from service.errors import InvalidCorrectionError

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_VERSION: Final = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class Sent:
    """A label, and the answer that it corrects.

    Attributes:
        label: One of LABELS.
        predicted: What was answered, one of LABELS.
        model_version: By which version.
        request_id: In which answer.
    """

    label: str
    predicted: str | None
    model_version: int | None
    request_id: str | None

    @classmethod
    def of(cls, items: Collection[tuple[str, str]]) -> Self:
        """What a form says, its picture aside.

        Args:
            items: Names and values of its fields.

        Raises:
            InvalidCorrectionError: The person has not agreed, or a field is wrong.
        """
        fields = dict(items)
        if len(fields) < len(items):
            raise InvalidCorrectionError("A field is sent twice.")
        if fields.get("consent") != "true":
            raise InvalidCorrectionError("The field 'consent' is not true.")
        label, predicted = fields.get("label", ""), fields.get("predicted")
        for name, value in (("label", label), ("predicted", predicted)):
            if value is not None and value not in LABELS:
                raise InvalidCorrectionError(f"The field '{name}' is none of {', '.join(LABELS)}.")
        version, request_id = fields.get("model_version"), fields.get("request_id")
        if version is not None and not _VERSION.fullmatch(version):
            raise InvalidCorrectionError("The field 'model_version' is no number of a version.")
        if request_id is not None and not _REQUEST_ID.fullmatch(request_id):
            raise InvalidCorrectionError("The field 'request_id' is no X-Request-ID of ours.")
        return cls(label, predicted, int(version) if version else None, request_id)
