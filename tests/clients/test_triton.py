"""Triton's own HTTP client, sync and asyncio."""

import asyncio
import hashlib
import warnings
from contextlib import closing

import numpy as np
import pytest
from pictures import draw_seven, encode
from served_process import serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the client's libraries say of themselves is not ours
    http = pytest.importorskip("tritonclient.http")
    aio = pytest.importorskip("tritonclient.http.aio")
    from tritonclient.utils import InferenceServerException


@pytest.fixture
def client(served):
    client = http.InferenceServerClient(served)
    yield client
    client.close()


def images_input(images, *, binary=True, of=http):
    tensor = of.InferInput("images", list(images.shape), "UINT8")
    tensor.set_data_from_numpy(images, binary_data=binary)
    return tensor


def test_finds_a_live_and_ready_server_and_model(client):
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready("digits")
    assert not client.is_model_ready("other")


def test_reads_the_metadata_of_server_and_model(client):
    server, model = client.get_server_metadata(), client.get_model_metadata("digits")

    assert "binary_tensor_data" in server["extensions"]
    assert model["inputs"][0] == {"name": "images", "datatype": "UINT8", "shape": [-1, 28, 28]}
    assert client.get_model_metadata("digits", model["versions"][0]) == model


def test_lists_the_repository(client):
    states = {each["version"]: each["state"] for each in client.get_model_repository_index()}

    assert "READY" in states.values()


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_reads_mnist(client, batches, accuracy, binary):
    wanted = [http.InferRequestedOutput("probabilities", binary_data=binary)]

    answers = [
        client.infer("digits", [images_input(each, binary=binary)], outputs=wanted).as_numpy("probabilities")
        for each in batches
    ]

    assert accuracy(answers) >= 0.995


def test_reads_mnist_with_asyncio(served, batches, accuracy):
    async def ask():
        async with aio.InferenceServerClient(served) as client:
            asked = (client.infer("digits", [images_input(each, of=aio)]) for each in batches)
            return [answer.as_numpy("probabilities") for answer in await asyncio.gather(*asked)]

    assert accuracy(asyncio.run(ask())) >= 0.995


@pytest.mark.parametrize("algorithm", ["gzip", "deflate"])
def test_sends_compressed_and_wants_compressed_answers(client, batches, algorithm):
    plain = client.infer("digits", [images_input(batches[0])])

    answer = client.infer(
        "digits",
        [images_input(batches[0])],
        request_compression_algorithm=algorithm,
        response_compression_algorithm=algorithm,
    )

    np.testing.assert_array_equal(answer.as_numpy("probabilities"), plain.as_numpy("probabilities"))


def test_sends_a_png(client):
    tensor = http.InferInput("image", [1], "BYTES")
    tensor.set_data_from_numpy(np.array([encode(draw_seven())], np.object_))

    answer = client.infer("digits", [tensor], request_id="42")

    assert answer.as_numpy("probabilities").argmax() == 7
    assert answer.get_response()["id"] == "42"


def test_asks_for_classes(client, batches, mnist_test):
    wanted = [http.InferRequestedOutput("probabilities", class_count=3)]

    classes = client.infer("digits", [images_input(batches[0])], outputs=wanted).as_numpy("probabilities")

    labels = [row[0].decode().split(":")[2] for row in classes]
    assert (
        np.mean([int(label) == true for label, true in zip(labels, mnist_test[1][:100], strict=True)]) >= 0.99
    )


def test_raises_what_was_wrong(client, batches):
    tensor = http.InferInput("images", [100, 784], "UINT8")
    tensor.set_data_from_numpy(batches[0].reshape(100, 784))

    with pytest.raises(InferenceServerException, match="shape"):
        client.infer("digits", [tensor])
    with pytest.raises(InferenceServerException, match="Servable not found"):
        client.infer("other", [images_input(batches[0])])


def test_unloads_and_loads_with_the_operators_key(tmp_path):
    key = {"Authorization": "Bearer secret"}
    hashed = hashlib.sha256(b"secret").hexdigest()
    with (
        serving("--admin-key-sha256", hashed, log_path=tmp_path / "log") as (_, started),
        closing(http.InferenceServerClient(f"{started.base_url.host}:{started.base_url.port}")) as client,
    ):
        client.unload_model("digits", headers=key)
        unloaded = client.is_model_ready("digits"), client.get_model_repository_index()
        client.load_model("digits", headers=key)

        assert not unloaded[0]
        assert {each["state"] for each in unloaded[1]} == {"UNAVAILABLE"}
        assert client.is_model_ready("digits")
        with pytest.raises(InferenceServerException, match="Send a key"):
            client.unload_model("digits")
