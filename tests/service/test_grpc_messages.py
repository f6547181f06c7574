"""Whatever comes as a message over gRPC is a question, or refused."""

import contextlib
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rpc_client import question

from digits.errors import DigitsError
from digits.store import StoredModel
from service.inference.engine import Answers
from service.protocols.open_inference.outputs import check_outputs
from service.rpc import open_inference_pb2 as pb
from service.rpc.calls import parse
from service.rpc.messages import question_of, reply_to, request_of

MODEL = StoredModel("digits", 1, Path("nowhere"), None)
ANSWERS = Answers.of(np.full((1, 10), 0.1, np.float32), None)
VALID = question(np.zeros((1, 28, 28), np.uint8), raw=False).SerializeToString()


def answer(body):
    """As the service does, with one answer instead of the model's."""
    message = parse(pb.ModelInferRequest, body)
    request = request_of(message)
    question_of(message, request)
    check_outputs(request)
    return pb.ModelInferResponse.FromString(reply_to(message, request, ANSWERS, MODEL))


def few(*values):
    return st.lists(st.sampled_from(values), max_size=3)


PARAMETERS = st.dictionaries(
    st.sampled_from(["classification", "binary_data_size", "x"]),
    st.sampled_from(
        [
            pb.InferParameter(),
            pb.InferParameter(int64_param=3),
            pb.InferParameter(int64_param=-1),
            pb.InferParameter(uint64_param=2**64 - 1),
            pb.InferParameter(double_param=float("nan")),
            pb.InferParameter(string_param="3"),
            pb.InferParameter(bool_param=True),
        ]
    ),
    max_size=2,
)
CONTENTS = st.builds(
    pb.InferTensorContents,
    uint_contents=st.sampled_from([[], [0] * 784, [0] * 783, [256] * 784]),
    bytes_contents=few(b"", b"PNG"),
    fp32_contents=few(0.5),
)
INPUTS = st.builds(
    pb.ModelInferRequest.InferInputTensor,
    name=st.sampled_from(["images", "image", "probabilities", ""]),
    datatype=st.sampled_from(["UINT8", "BYTES", "FP32", ""]),
    shape=st.sampled_from(
        [[], [1], [1, 28, 28], [2, 1], [0, 28, 28], [-1, 28, 28], [2**62, 28, 28], [1] * 20]
    ),
    parameters=PARAMETERS,
    contents=st.none() | CONTENTS,
)
OUTPUTS = st.builds(
    pb.ModelInferRequest.InferRequestedOutputTensor,
    name=st.sampled_from(["probabilities", "digit_score", "x"]),
    parameters=PARAMETERS,
)
MESSAGES = st.builds(
    pb.ModelInferRequest,
    id=st.text(max_size=5),
    inputs=st.lists(INPUTS, max_size=2),
    outputs=st.lists(OUTPUTS, max_size=3),
    raw_input_contents=few(b"", bytes(784), b"\3\0\0\0PNG", b"\xff\xff\xff\xffPNG"),
    parameters=PARAMETERS,
)


@given(MESSAGES)
def test_a_message_is_answered_or_refused(message):
    with contextlib.suppress(DigitsError):
        reply = answer(message.SerializeToString())

        assert len(reply.raw_output_contents) in {0, len(reply.outputs)}


@given(st.binary(max_size=300))
def test_bytes_are_answered_or_refused(body):
    with contextlib.suppress(DigitsError):
        answer(body)


@given(st.integers(0, len(VALID) - 1), st.binary(max_size=4))
def test_a_broken_message_is_answered_or_refused(at, instead):
    with contextlib.suppress(DigitsError):
        answer(VALID[:at] + instead + VALID[at + 1 :])


def test_the_message_that_is_broken_is_answered_whole():
    assert answer(VALID).outputs[0].name == "probabilities"
