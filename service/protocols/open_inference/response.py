"""From the model's answers to a response's body in JSON, with binary tensors behind it."""

import json
from dataclasses import dataclass
from typing import Any

from digits.store import StoredModel
from service.inference.engine import Answers
from service.protocols.open_inference.messages import InferenceRequest
from service.protocols.open_inference.outputs import answer_id, outputs_of


@dataclass(frozen=True, slots=True)
class Reply:
    """A response's body.

    Attributes:
        json_length: Bytes of JSON before the binary tensors; None if it is JSON throughout.
    """

    body: bytes
    json_length: int | None


def encode(answers: Answers, request: InferenceRequest, model: StoredModel) -> Reply:
    """Write the answer as the request wants it; `check_outputs` has passed."""
    outputs: list[dict[str, Any]] = []
    tensors: list[bytes] = []
    for each in outputs_of(answers, request):
        head = {"name": each.name, "datatype": each.datatype, "shape": list(each.values.shape)}
        if each.is_binary:
            tensors.append(each.to_bytes())
            outputs.append({**head, "parameters": {"binary_data_size": len(tensors[-1])}})
        else:
            outputs.append({**head, "data": each.to_list()})
    document = json.dumps(
        {
            "model_name": model.name,
            "model_version": str(model.version),
            "id": answer_id(request),
            "outputs": outputs,
        },
        separators=(",", ":"),
    ).encode()
    return Reply(b"".join([document, *tensors]), len(document) if tensors else None)
