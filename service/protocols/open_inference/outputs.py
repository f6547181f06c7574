"""The outputs that a request wants, from the model's answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from digits.contract import CLASSES, OUTPUT, SCORE_OUTPUT, Probabilities
from service.errors import ProtocolError
from service.inference.engine import Answers
from service.protocols.open_inference.messages import InferenceRequest, RequestedOutput


@dataclass(frozen=True, slots=True)
class Output:
    """One output of an answer.

    Attributes:
        datatype: FP32, or BYTES, whose values are bytes objects.
        is_binary: Whether it is wanted as bytes.
    """

    name: str
    datatype: str
    values: np.ndarray[Any, Any]
    is_binary: bool

    def to_bytes(self) -> bytes:
        """As a binary tensor: little-endian; before each element of BYTES its length."""
        if self.datatype == "BYTES":
            return b"".join(_length_and_bytes(self.values))
        return self.values.astype("<f4", copy=False).tobytes()

    def to_list(self) -> list[Any]:
        """As numbers, or as text, row by row."""
        if self.datatype == "BYTES":
            return [each.decode() for each in self.values.flat]
        flat: list[Any] = self.values.reshape(-1).tolist()
        return flat


def check_outputs(request: InferenceRequest) -> None:
    """Refuse outputs that cannot be given, before the work is done.

    Raises:
        ProtocolError: An output is unknown, asked for twice, or has no classes.
    """
    wanted = [each.name for each in request.outputs or ()]
    if unknown := [name for name in wanted if name not in {OUTPUT, SCORE_OUTPUT}]:
        raise ProtocolError(f"The outputs are '{OUTPUT}' and '{SCORE_OUTPUT}', not {unknown[0][:40]!r}.")
    if len(set(wanted)) < len(wanted):
        raise ProtocolError("An output is asked for twice.")
    for each in request.outputs or ():
        if each.name != OUTPUT and each.parameters.classification:
            raise ProtocolError(f"Only '{OUTPUT}' has classes.")


def outputs_of(answers: Answers, request: InferenceRequest) -> Iterator[Output]:
    """What a request wants, in its order; everything, if it does not say. `check_outputs` has passed."""
    for each in request.outputs or (RequestedOutput(name=OUTPUT), RequestedOutput(name=SCORE_OUTPUT)):
        binary = each.parameters.binary_data
        is_binary = bool(request.parameters.binary_data_output if binary is None else binary)
        count = each.parameters.classification
        if each.name == SCORE_OUTPUT:
            yield Output(each.name, "FP32", answers.digit_scores, is_binary)
        elif count:
            classes = _classes(answers.probabilities, min(count, len(CLASSES)))
            yield Output(each.name, "BYTES", classes, is_binary)
        else:
            yield Output(each.name, "FP32", answers.probabilities, is_binary)


def answer_id(request: InferenceRequest) -> str:
    """The request's own id, or a new one."""
    return request.id or uuid4().hex


def _classes(probabilities: Probabilities, count: int) -> np.ndarray[Any, Any]:
    """The most probable classes of each row, as `probability:index:label`, the first the most probable."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    rows = [
        [f"{row[i]:f}:{i}:{CLASSES[i]}".encode() for i in best]
        for row, best in zip(probabilities, order, strict=True)
    ]
    return np.array(rows, np.object_)


def _length_and_bytes(values: np.ndarray[Any, Any]) -> Iterator[bytes]:
    for each in values.flat:
        yield len(each).to_bytes(4, "little")
        yield each
