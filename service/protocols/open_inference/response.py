"""From the model's answers to a response's body."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from digits.contract import CLASSES, OUTPUT, SCORE_OUTPUT, Probabilities
from digits.store import StoredModel
from service.errors import ProtocolError
from service.inference.engine import Answers
from service.protocols.open_inference.messages import InferenceRequest, RequestedOutput


@dataclass(frozen=True, slots=True)
class Reply:
    """A response's body.

    Attributes:
        json_length: Bytes of JSON before the binary tensors; None if it is JSON throughout.
    """

    body: bytes
    json_length: int | None


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


def encode(answers: Answers, request: InferenceRequest, model: StoredModel) -> Reply:
    """Write the answer as the request wants it; `check_outputs` has passed."""
    wanted = request.outputs or [RequestedOutput(name=OUTPUT), RequestedOutput(name=SCORE_OUTPUT)]
    outputs: list[dict[str, Any]] = []
    tensors: list[bytes] = []
    for each in wanted:
        binary = each.parameters.binary_data
        if binary is None:
            binary = request.parameters.binary_data_output
        head, values = _tensor(each, answers)
        if binary:
            tensors.append(_bytes(values))
            outputs.append({**head, "parameters": {"binary_data_size": len(tensors[-1])}})
        else:
            outputs.append({**head, "data": _list(values)})
    document = json.dumps(
        {
            "model_name": model.name,
            "model_version": str(model.version),
            "id": request.id or uuid4().hex,
            "outputs": outputs,
        },
        separators=(",", ":"),
    ).encode()
    return Reply(b"".join([document, *tensors]), len(document) if tensors else None)


def _tensor(wanted: RequestedOutput, answers: Answers) -> tuple[dict[str, Any], np.ndarray[Any, Any]]:
    count = wanted.parameters.classification
    values: np.ndarray[Any, Any]
    if wanted.name == SCORE_OUTPUT:
        datatype, values = "FP32", answers.digit_scores
    elif count:
        datatype, values = "BYTES", _classes(answers.probabilities, min(count, len(CLASSES)))
    else:
        datatype, values = "FP32", answers.probabilities
    return {"name": wanted.name, "datatype": datatype, "shape": list(values.shape)}, values


def _classes(probabilities: Probabilities, count: int) -> np.ndarray[Any, Any]:
    """The most probable classes of each row, as `probability:index:label`, the first the most probable."""
    order = np.argsort(-probabilities, axis=1, kind="stable")[:, :count]
    rows = [
        [f"{row[i]:f}:{i}:{CLASSES[i]}".encode() for i in best]
        for row, best in zip(probabilities, order, strict=True)
    ]
    return np.array(rows, np.object_)


def _bytes(values: np.ndarray[Any, Any]) -> bytes:
    if values.dtype == np.object_:
        return b"".join(_length_and_bytes(values))
    return values.astype("<f4", copy=False).tobytes()


def _length_and_bytes(values: np.ndarray[Any, Any]) -> Iterator[bytes]:
    for each in values.flat:
        yield len(each).to_bytes(4, "little")
        yield each


def _list(values: np.ndarray[Any, Any]) -> list[Any]:
    if values.dtype == np.object_:
        return [each.decode() for each in values.flat]
    flat: list[Any] = values.reshape(-1).tolist()
    return flat
