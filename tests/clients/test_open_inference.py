"""The Open Inference Protocol's own client, generated from its specification: open-inference-openapi."""

import base64

import httpx
import pytest
from pictures import draw_seven, encode

openapi = pytest.importorskip("open_inference.openapi")
from open_inference.openapi.client import OpenInferenceClient  # noqa: E402
from open_inference.openapi.core import ApiError  # noqa: E402


@pytest.fixture
def client(served):
    with httpx.Client(timeout=60) as transport:
        yield OpenInferenceClient(base_url=f"http://{served}", httpx_client=transport)


def ask(client, name, shape, datatype, data, tensor_data=openapi.TensorData):
    data = tensor_data(__root__=data)
    tensor = openapi.RequestInput(name=name, shape=shape, datatype=datatype, data=data)
    return client.model_infer("digits", request=openapi.InferenceRequest(id="42", inputs=[tensor]))


def rows(answer):
    [probabilities] = [each for each in answer.outputs if each.name == "probabilities"]
    flat = probabilities.data.__root__
    return [flat[i : i + 10] for i in range(0, len(flat), 10)]


def test_finds_a_live_and_ready_server_and_model(client):
    client.check_server_liveness()
    client.check_server_readiness()
    client.check_model_readiness("digits")
    [version] = client.read_model_metadata("digits").versions
    client.check_model_version_readiness("digits", version)
    assert client.read_model_version_metadata("digits", version).inputs[0].name == "images"
    assert "binary_tensor_data" in client.read_server_metadata().extensions


def test_reads_mnist(client, batches, accuracy):
    unchecked = openapi.TensorData.construct  # it takes minutes to check so many numbers

    answers = [
        rows(ask(client, "images", list(each.shape), "UINT8", each.ravel().tolist(), unchecked))
        for each in batches
    ]

    assert accuracy(answers) >= 0.995


def test_reads_images_whose_numbers_it_makes_floats(client, batches, mnist_test):
    few = batches[0][:20]

    answers = rows(ask(client, "images", list(few.shape), "UINT8", few.ravel().tolist()))

    assert [row.index(max(row)) for row in answers] == mnist_test[1][:20].tolist()


def test_sends_a_png_gets_its_id_back_and_raises_what_was_wrong(client):
    png = base64.b64encode(encode(draw_seven())).decode()

    [seven] = rows(ask(client, "image", [1], "BYTES", [png]))
    assert seven.index(max(seven)) == 7
    assert ask(client, "image", [1], "BYTES", [png]).id == "42"
    with pytest.raises(ApiError) as refused:
        ask(client, "image", [2], "BYTES", [png])
    assert refused.value.status_code == 400
    assert "shape" in str(refused.value.body)
