"""The Open Inference Protocol's bodies, without HTTP."""

import contextlib
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digits.store import StoredModel
from service.errors import ProtocolError
from service.inference.engine import Answers
from service.protocols.open_inference import outputs, request, response
from service.protocols.question import MAX_PICTURES, Images, Pictures


def tensor(**changes):
    return {"name": "images", "shape": [1, 28, 28], "datatype": "UINT8", "data": [0] * 784, **changes}


def binary(size, **changes):
    without = {key: value for key, value in tensor(**changes).items() if key != "data"}
    return {**without, "parameters": {"binary_data_size": size}}


def parse(message, tensors=b"", length=None):
    document = message if isinstance(message, bytes) else json.dumps(message).encode()
    length = str(len(document)) if tensors and length is None else length
    return request.parse(document + tensors, length)


def elements(*pictures):
    return b"".join(len(each).to_bytes(4, "little") + each for each in pictures)


def test_reads_digit_images_from_json_and_from_binary_alike(mnist_test):
    images = mnist_test[0][:3]
    flat = tensor(shape=[3, 28, 28], data=images.ravel().tolist())
    nested = tensor(shape=[3, 28, 28], data=images.tolist())

    for asked in (
        parse({"inputs": [flat]}),
        parse({"inputs": [nested]}),
        parse({"inputs": [binary(2352, shape=[3, 28, 28])]}, images.tobytes()),
    ):
        assert isinstance(asked.question, Images)
        np.testing.assert_array_equal(asked.question.images, images)


@pytest.mark.parametrize("shape", [[2], [2, 1]])
def test_reads_encoded_pictures_from_json_and_from_binary_alike(shape):
    of_json = tensor(name="image", datatype="BYTES", shape=shape, data=["YWI=", "Yw=="])
    of_binary = binary(11, name="image", datatype="BYTES", shape=shape)

    for asked in (parse({"inputs": [of_json]}), parse({"inputs": [of_binary]}, elements(b"ab", b"c"))):
        assert isinstance(asked.question, Pictures)
        assert asked.question.pictures == [b"ab", b"c"]


@pytest.mark.parametrize("parameters", [None, {}, {"binary_data_output": None}])
def test_null_is_as_good_as_nothing(parameters):
    wanted = {"name": "probabilities", "parameters": None}
    message = {
        "id": None,
        "parameters": parameters,
        "inputs": [tensor(parameters=None)],
        "outputs": [wanted],
    }

    asked = parse(message)

    assert isinstance(asked.question, Images)
    assert not asked.request.parameters.binary_data_output
    assert asked.request.outputs[0].parameters.binary_data is None
    assert parse({"inputs": [{**tensor(), "parameters": {"binary_data_size": None}}]}).question is not None


PICTURES = {"name": "image", "datatype": "BYTES"}


@pytest.mark.parametrize(
    ("message", "complaint"),
    [
        pytest.param(b"", "inputs", id="nothing"),
        pytest.param(b"[]", "request", id="no-object"),
        pytest.param({"inputs": []}, "inputs", id="no-input"),
        pytest.param({"inputs": [tensor(), tensor()]}, "one input", id="two-inputs"),
        pytest.param({"inputs": [tensor(name="x")]}, "one input", id="unknown-input"),
        pytest.param({"inputs": [tensor(datatype="FP32")]}, "UINT8", id="other-datatype"),
        pytest.param({"inputs": [tensor(shape=[28, 28])]}, "shape", id="no-batch"),
        pytest.param({"inputs": [tensor(shape=[0, 28, 28], data=[])]}, "at least 1", id="empty-batch"),
        pytest.param({"inputs": [tensor(shape=[-1, 28, 28])]}, "shape", id="negative-shape"),
        pytest.param({"inputs": [tensor(shape=[10**4000, 28, 28])]}, "shape", id="huge-shape"),
        pytest.param({"inputs": [tensor(shape=[2**31, 28, 28])]}, "needs", id="large-shape"),
        pytest.param({"inputs": [tensor(shape=[1.0, 28, 28])]}, "shape", id="fractional-shape"),
        pytest.param({"inputs": [tensor(shape=[2, 28, 28])]}, "needs 1,568", id="too-little-data"),
        pytest.param({"inputs": [tensor(data=None)]}, "needs 784", id="no-data"),
        pytest.param({"inputs": [tensor(data=[[0] * 784])]}, "28 lists", id="other-nesting"),
        pytest.param({"inputs": [binary(784)]}, "0 follow", id="binary-without-bytes"),
        pytest.param({"inputs": [{**binary(784), "data": []}]}, "both", id="binary-and-data"),
        pytest.param({"inputs": [tensor(**PICTURES, data=["a"], shape=[1])]}, "base64", id="no-base64"),
        pytest.param({"inputs": [tensor(**PICTURES, data=["é"], shape=[1])]}, "base64", id="no-ascii"),
        pytest.param({"inputs": [tensor(**PICTURES, data=[1], shape=[1])]}, "string", id="number-for-bytes"),
        pytest.param({"inputs": [tensor(**PICTURES, data=["YQ=="], shape=[2])]}, "shape", id="wrong-count"),
        pytest.param(
            {"inputs": [tensor(**PICTURES, data=["YQ=="] * 65, shape=[65])]}, "1 to 64", id="many-pictures"
        ),
        pytest.param({"inputs": [tensor(**PICTURES, data=[], shape=[0])]}, "1 to 64", id="no-picture"),
        pytest.param({"id": 7, "inputs": [tensor()]}, "id", id="number-for-id"),
    ],
)
def test_refuses_what_it_cannot_answer_and_says_why(message, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        parse(message)


@pytest.mark.parametrize(
    ("message", "tensors", "length", "complaint"),
    [
        pytest.param({"inputs": [binary(783)]}, bytes(783), None, "needs 784", id="tensor-too-short"),
        pytest.param({"inputs": [binary(784)]}, bytes(785), None, "1 bytes are left", id="bytes-left"),
        pytest.param({"inputs": [tensor()]}, b"", "99999", "99,999", id="longer-than-the-body"),
        pytest.param({"inputs": [tensor()]}, b"", "-1", "number of bytes", id="negative-length"),
        pytest.param({"inputs": [tensor()]}, b"", "9" * 5000, "number of bytes", id="endless-length"),
        pytest.param(
            {"inputs": [binary(8, **PICTURES, shape=[1])]},
            b"\xff\xff\xff\x7fPNG!",
            None,
            "longer",
            id="long-element",
        ),
        pytest.param(
            {"inputs": [binary(2, **PICTURES, shape=[1])]}, b"\x00\x00", None, "longer", id="cut-length"
        ),
    ],
)
def test_refuses_binary_tensors_that_do_not_add_up(message, tensors, length, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        parse(message, tensors, length)


def test_stops_at_too_many_elements_however_many_follow():
    tensors = bytes(4 * 1_000_000)

    with pytest.raises(ProtocolError, match=f"not {MAX_PICTURES + 1}|has {MAX_PICTURES + 1}"):
        parse({"inputs": [binary(len(tensors), **PICTURES, shape=[1_000_000])]}, tensors)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["images", "image", "UINT8", "BYTES"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "inputs",
                    "outputs",
                    "name",
                    "shape",
                    "datatype",
                    "data",
                    "parameters",
                    "id",
                    "binary_data_size",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)
INPUT = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["images", "image"]),
        "shape": JSON,
        "datatype": st.sampled_from(["UINT8", "BYTES"]),
    },
    optional={"data": JSON, "parameters": JSON},
)


@given(
    message=JSON | st.fixed_dictionaries({"inputs": st.lists(INPUT, max_size=2)}),
    tensors=st.binary(max_size=40),
    length=st.none() | st.text(max_size=4) | st.integers(0, 200).map(str),
)
def test_any_message_is_read_or_refused(message, tensors, length):
    with contextlib.suppress(ProtocolError):
        parse(message, tensors, length)


MODEL = StoredModel("digits", 3, None, None)
ANSWERS = Answers(np.float32([[0.1, 0.7, 0.2] + [0.0] * 7, [0.0] * 9 + [1.0]]), np.float32([0.5, 0.25]))


def answer(**wanted):
    asked = parse({"id": "42", "inputs": [tensor()], **wanted})
    outputs.check_outputs(asked.request)
    reply = response.encode(ANSWERS, asked.request, MODEL)
    return json.loads(reply.body[: reply.json_length]), reply.body[reply.json_length or len(reply.body) :]


def test_answers_with_all_outputs_in_json():
    message, tensors = answer()

    assert (message["model_name"], message["model_version"], message["id"]) == ("digits", "3", "42")
    probabilities, scores = message["outputs"]
    assert (probabilities["name"], probabilities["datatype"], probabilities["shape"]) == (
        "probabilities",
        "FP32",
        [2, 10],
    )
    assert probabilities["data"] == ANSWERS.probabilities.ravel().tolist()
    assert scores == {"name": "digit_score", "datatype": "FP32", "shape": [2], "data": [0.5, 0.25]}
    assert tensors == b""


def test_answers_with_what_is_selected_binary_or_not():
    message, tensors = answer(
        parameters={"binary_data_output": True},
        outputs=[{"name": "digit_score"}, {"name": "probabilities", "parameters": {"binary_data": False}}],
    )

    assert [each["name"] for each in message["outputs"]] == ["digit_score", "probabilities"]
    assert message["outputs"][0]["parameters"] == {"binary_data_size": 8}
    assert "data" not in message["outputs"][0]
    assert len(message["outputs"][1]["data"]) == 20
    np.testing.assert_array_equal(np.frombuffer(tensors, "<f4"), ANSWERS.digit_scores)


def test_names_classes_the_most_probable_first():
    wanted = {"name": "probabilities", "parameters": {"classification": 2, "binary_data": True}}
    in_json = {"name": "probabilities", "parameters": {"classification": 2}}

    message, tensors = answer(outputs=[wanted])
    of_json, _ = answer(outputs=[in_json])

    assert (message["outputs"][0]["datatype"], message["outputs"][0]["shape"]) == ("BYTES", [2, 2])
    assert tensors.startswith(elements(b"0.700000:1:1", b"0.200000:2:2", b"1.000000:9:9"))
    assert of_json["outputs"][0]["data"][:3] == ["0.700000:1:1", "0.200000:2:2", "1.000000:9:9"]


def test_always_gives_an_id():
    asked = parse({"inputs": [tensor()]})

    assert json.loads(response.encode(ANSWERS, asked.request, MODEL).body)["id"]


@pytest.mark.parametrize(
    "outputs",
    [
        pytest.param([{"name": "logits"}], id="unknown"),
        pytest.param([{"name": "digit_score"}] * 2, id="twice"),
        pytest.param([{"name": "digit_score", "parameters": {"classification": 1}}], id="no-classes"),
    ],
)
def test_refuses_outputs_that_it_has_not(outputs):
    with pytest.raises(ProtocolError):
        answer(outputs=outputs)
