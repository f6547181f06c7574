"""A client that openapi-python-client makes of the OpenAPI document, used as its users would."""

import importlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from pictures import draw_seven, encode

pytest.importorskip("openapi_python_client")

GENERATE = Path(sys.executable).with_name("openapi-python-client")


@pytest.fixture(scope="module")
def generated(served, tmp_path_factory):
    """A function that imports a module of the package that was generated."""
    folder = tmp_path_factory.mktemp("generated")
    subprocess.run(
        [
            *(GENERATE, "generate", "--url", f"http://{served}/openapi.json"),
            *("--meta", "none", "--output-path", folder / "generated_digits"),
        ],
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"generated_digits.{name}")
    sys.path.remove(str(folder))


@pytest.fixture
def client(generated, served):
    with generated("client").Client(f"http://{served}", raise_on_unexpected_status=True) as client:
        yield client


def picture(generated, png):
    return generated("types").File(io.BytesIO(png), "seven.png", "image/png")


def test_every_operation_of_the_document_became_a_function(generated, client):
    document = client.get_httpx_client().get("/openapi.json").json()
    operations = [op["operationId"] for path in document["paths"].values() for op in path.values()]

    modules = Path(generated("api").__file__).parent.glob("*/*.py")

    functions = {module.stem.replace("_", "") for module in modules if module.stem != "__init__"}
    assert functions == {each.lower().replace("_", "") for each in operations}


@pytest.mark.parametrize("form", [True, False], ids=["form", "body"])
def test_reads_a_picture(generated, client, form):
    file = picture(generated, encode(draw_seven()))
    body = generated("models").PredictFilesBody(image=file) if form else file

    prediction = generated("api.recognition.predict").sync(client=client, body=body)

    assert prediction.digit == 7
    assert len(prediction.probabilities) == 10


def test_is_told_what_was_wrong(generated, client):
    answer = generated("api.recognition.predict").sync_detailed(
        client=client, body=picture(generated, b"%PDF-1.7")
    )

    assert answer.status_code == 415
    assert answer.parsed.code == "unreadable-image"


def test_finds_the_model(generated, client):
    card = generated("api.operation.model").sync(client=client)
    metadata = generated("api.open_inference_protocol.model_metadata").sync(card.name, client=client)

    assert str(card.version) in metadata.versions


def test_asks_over_the_open_inference_protocol(generated, client, batches, accuracy):
    models, infer = generated("models"), generated("api.open_inference_protocol.infer")
    answers = []
    for each in batches:
        tensor = models.InputTensor("images", list(each.shape), "UINT8", data=each.ravel().tolist())
        answer = infer.sync("digits", client=client, body=models.InferenceRequest([tensor]))
        answers.append([answer.outputs[0].data[i : i + 10] for i in range(0, 1000, 10)])

    assert accuracy(answers) >= 0.995


def test_asks_as_of_tensorflow_serving(generated, client, batches, accuracy):
    models, predict = generated("models"), generated("api.tensor_flow_serving.tensorflow_predict")
    asked = [models.PredictRequest(instances=each.tolist()) for each in batches]

    answers = [predict.sync("digits", client=client, body=each).predictions for each in asked]

    assert accuracy([[row.probabilities for row in rows] for rows in answers]) >= 0.995
