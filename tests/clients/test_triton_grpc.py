"""Triton's own gRPC client, sync and asyncio.

In a process of its own: its messages are called as those of KServe's client are; a process takes one of both.
"""

import asyncio
import queue
import sys
import warnings

import numpy as np
import pytest
from pictures import draw_seven, encode

if "kserve" in sys.modules:
    pytest.skip("KServe's messages are loaded: `make clients-test` runs this alone", allow_module_level=True)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the client's libraries say of themselves is not ours
    triton = pytest.importorskip("tritonclient.grpc")
    aio = pytest.importorskip("tritonclient.grpc.aio")
    from tritonclient.utils import InferenceServerException


@pytest.fixture
def client(served_grpc):
    client = triton.InferenceServerClient(served_grpc)
    yield client
    client.close()


def images_input(images, *, of=triton):
    tensor = of.InferInput("images", list(images.shape), "UINT8")
    tensor.set_data_from_numpy(images)
    return tensor


def test_finds_a_live_and_ready_server_and_model(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("digits")
    assert not client.is_model_ready("other")


def test_reads_the_metadata_of_server_and_model(client):
    server, model = client.get_server_metadata(), client.get_model_metadata("digits", as_json=True)

    assert server.name == "digits"
    assert model["inputs"][0] == {"name": "images", "datatype": "UINT8", "shape": ["-1", "28", "28"]}
    assert client.get_model_metadata("digits", model["versions"][0], as_json=True) == model


def test_lists_the_repository(client):
    assert "READY" in {each.state for each in client.get_model_repository_index().models}


@pytest.mark.parametrize("algorithm", [None, "gzip", "deflate"])
def test_reads_mnist(client, batches, accuracy, algorithm):
    wanted = [triton.InferRequestedOutput("probabilities")]

    answers = [
        client.infer("digits", [images_input(each)], outputs=wanted, compression_algorithm=algorithm)
        for each in batches
    ]

    assert accuracy([each.as_numpy("probabilities") for each in answers]) >= 0.995


def test_reads_mnist_with_callbacks(client, batches, accuracy):
    answers = queue.SimpleQueue()

    def ask(number, images):
        client.async_infer(
            "digits", [images_input(images)], lambda result, error: answers.put((number, error or result))
        )

    for number, images in enumerate(batches):
        ask(number, images)
    results = dict(answers.get(timeout=60) for _ in batches)

    assert accuracy([results[number].as_numpy("probabilities") for number in sorted(results)]) >= 0.995


def test_reads_mnist_with_asyncio(served_grpc, batches, accuracy):
    async def ask():
        async with aio.InferenceServerClient(served_grpc) as client:
            asked = (client.infer("digits", [images_input(each, of=aio)]) for each in batches)
            return [answer.as_numpy("probabilities") for answer in await asyncio.gather(*asked)]

    assert accuracy(asyncio.run(ask())) >= 0.995


def test_sends_a_png(client):
    tensor = triton.InferInput("image", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([encode(draw_seven())], np.object_))

    answer = client.infer("digits", [tensor], request_id="42")

    assert answer.as_numpy("probabilities").argmax() == 7
    assert answer.get_response().id == "42"


def test_asks_for_classes(client, batches, mnist_test):
    wanted = [triton.InferRequestedOutput("probabilities", class_count=3)]

    classes = client.infer("digits", [images_input(batches[0])], outputs=wanted).as_numpy("probabilities")

    labels = [int(row[0].decode().split(":")[2]) for row in classes]
    assert np.mean(np.equal(labels, mnist_test[1][:100])) >= 0.99


def test_raises_what_was_wrong(client, batches):
    tensor = triton.InferInput("images", [100, 784], "UINT8")
    tensor.set_data_from_numpy(batches[0].reshape(100, 784))

    with pytest.raises(InferenceServerException, match="shape"):
        client.infer("digits", [tensor])
    with pytest.raises(InferenceServerException, match="Servable not found"):
        client.infer("other", [images_input(batches[0])])
