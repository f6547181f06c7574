"""KServe's own inference client, over REST and gRPC."""

import asyncio
import warnings

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the client's libraries say of themselves is not ours
    pytest.importorskip("kserve")
    from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")


def with_client(served, protocol, ask):
    """Ask by a client of its own, in an event loop of its own."""

    async def run():
        client = InferenceRESTClient(RESTConfig(protocol=protocol, timeout=60))
        try:
            return await ask(client, f"http://{served}")
        finally:
            await client.close()

    return asyncio.run(run())


def test_finds_a_live_and_ready_server_and_model(served):
    async def ask(client, url):
        return (
            await client.is_server_live(url),
            await client.is_server_ready(url),
            await client.is_model_ready(url, "digits"),
        )

    assert with_client(served, "v2", ask) == (True, True, True)


@pytest.mark.parametrize("binary", [True, False], ids=["binary", "json"])
def test_reads_mnist_over_v2(served, batches, accuracy, binary):
    async def ask(client, url):
        answers = []
        for each in batches:
            tensor = InferInput("images", list(each.shape), "UINT8")
            tensor.set_data_from_numpy(each, binary_data=binary)
            asked = InferRequest(model_name="digits", infer_inputs=[tensor])
            answer = await client.infer(url, asked, model_name="digits")
            [probabilities] = [output for output in answer.outputs if output.name == "probabilities"]
            answers.append(probabilities.as_numpy())
        return answers

    assert accuracy(with_client(served, "v2", ask)) >= 0.995


def test_finds_a_live_and_ready_server_and_model_over_grpc(served_grpc):
    async def ask():
        async with InferenceGRPCClient(served_grpc) as client:
            return (
                await client.is_server_live(),
                await client.is_server_ready(),
                await client.is_model_ready("digits"),
            )

    assert asyncio.run(ask()) == (True, True, True)


@pytest.mark.parametrize("binary", [True, False], ids=["raw", "numbers"])
def test_reads_mnist_over_grpc(served_grpc, batches, accuracy, binary):
    async def ask():
        answers = []
        async with InferenceGRPCClient(served_grpc) as client:
            for each in batches:
                tensor = InferInput("images", list(each.shape), "UINT8")
                tensor.set_data_from_numpy(each, binary_data=binary)
                answer = await client.infer(InferRequest(model_name="digits", infer_inputs=[tensor]))
                [probabilities] = [output for output in answer.outputs if output.name == "probabilities"]
                answers.append(probabilities.as_numpy())
        return answers

    assert accuracy(asyncio.run(ask())) >= 0.995
