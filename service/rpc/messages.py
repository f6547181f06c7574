"""Between the messages of gRPC and what the protocol means, whichever way it came."""

from typing import Any

from pydantic import ValidationError

from digits.contract import INPUT
from digits.store import StoredModel
from service.errors import ProtocolError
from service.inference.engine import Answers
from service.protocols import documents
from service.protocols.open_inference.messages import InferenceRequest
from service.protocols.open_inference.outputs import answer_id, outputs_of
from service.protocols.open_inference.request import complaints
from service.protocols.open_inference.tensors import images, in_binary, only_input, pictures
from service.protocols.question import MAX_PICTURES, Question
from service.rpc.open_inference_pb2 import InferParameter, ModelInferRequest, ModelInferResponse

_CLASSIFICATION = "classification"


def request_of(message: ModelInferRequest) -> InferenceRequest:
    """What is asked, but for the tensor's content.

    Raises:
        ProtocolError: It does not follow the protocol.
    """
    try:
        return InferenceRequest.model_validate(
            {
                "id": message.id,
                "inputs": [
                    {"name": each.name, "datatype": each.datatype, "shape": list(each.shape)}
                    for each in message.inputs
                ],
                "outputs": [
                    {
                        "name": each.name,
                        "parameters": {
                            name: _value(each.parameters[name])
                            for name in (_CLASSIFICATION,)
                            if name in each.parameters
                        },
                    }
                    for each in message.outputs
                ],
            }
        )
    except ValidationError as error:
        raise ProtocolError(complaints(error)) from None


def question_of(message: ModelInferRequest, request: InferenceRequest) -> Question:
    """The tensor's content, from raw bytes or from numbers.

    Raises:
        ProtocolError: It is not what the tensor says of itself, or there are both.
    """
    tensor = only_input(request.inputs)
    contents, raw = message.inputs[0].contents, message.raw_input_contents
    if raw:
        if len(raw) != 1 or contents.ByteSize():
            raise ProtocolError("An input has either contents or, in its place, one of raw_input_contents.")
        return in_binary(tensor, memoryview(raw[0]))
    if tensor.name != INPUT:
        return pictures(tensor, contents.bytes_contents[: MAX_PICTURES + 1])
    if len(contents.uint_contents) > documents.MAX_COMMAS:
        raise ProtocolError(f"More than {documents.MAX_COMMAS:,} numbers: send them as raw_input_contents.")
    return images(tensor, list(contents.uint_contents))


def reply_to(
    message: ModelInferRequest, request: InferenceRequest, answers: Answers, model: StoredModel
) -> bytes:
    """The answer as it goes over the wire: raw where the question was."""
    reply = ModelInferResponse(model_name=model.name, model_version=str(model.version), id=answer_id(request))
    for output in outputs_of(answers, request):
        tensor = reply.outputs.add(
            name=output.name, datatype=output.datatype, shape=list(output.values.shape)
        )
        if message.raw_input_contents:
            reply.raw_output_contents.append(output.to_bytes())
        elif output.datatype == "BYTES":
            tensor.contents.bytes_contents.extend(output.values.flat)
        else:
            tensor.contents.fp32_contents.extend(output.to_list())
    return reply.SerializeToString()


def _value(parameter: InferParameter) -> Any:  # noqa: ANN401 - pydantic judges it
    chosen = parameter.WhichOneof("parameter_choice")
    return getattr(parameter, chosen) if chosen else None
