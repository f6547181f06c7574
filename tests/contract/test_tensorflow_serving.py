"""What `/v1` says, read as TensorFlow Serving's official messages and compared with the stored SavedModel."""

import warnings

import pytest
from google.protobuf.json_format import ParseDict
from stub_service import running, until
from stub_versions import Store, all_ready
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from digits.store import ModelStore
from service.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the generated code says of itself is not ours
    from tensorflow_serving.apis.get_model_metadata_pb2 import SignatureDefMap
    from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusResponse

STATES = GetModelStatusResponse.DESCRIPTOR.file.message_types_by_name["ModelVersionStatus"].enum_types[0]


async def told(path, settings=None):
    async with running(settings, load=Store(broken=[3])) as client:
        await until(lambda: client.app.state.slot.ready)
        await all_ready(client)
        return (await client.get(path)).json()


async def test_a_status_is_the_official_message():
    body = await told("/v1/models/digits", Settings(model_version=2, extra_versions="1,3"))

    status = ParseDict(body, GetModelStatusResponse(), ignore_unknown_fields=True)  # KServe's two

    found = {each.version: STATES.values_by_number[each.state].name for each in status.model_version_status}
    assert found == {1: "AVAILABLE", 2: "AVAILABLE", 3: "END"}


@pytest.fixture(scope="module")
def stored():
    """The signature of the served version, as it lies in the store."""
    folder = ModelStore(Settings().model_store).open().directory
    saved = SavedModel.FromString((folder / "saved_model.pb").read_bytes())
    return saved.meta_graphs[0].signature_def["serving_default"]


def shapes(tensors):
    return {name: (each.dtype, [dim.size for dim in each.tensor_shape.dim]) for name, each in tensors.items()}


async def test_metadata_is_the_official_message_and_the_stored_signature(stored):
    body = await told("/v1/models/digits/metadata")

    described = ParseDict(body["metadata"]["signature_def"], SignatureDefMap()).signature_def[
        "serving_default"
    ]

    assert shapes(described.inputs) == shapes(stored.inputs)
    assert shapes(described.outputs) == shapes(stored.outputs)
    assert described.method_name == stored.method_name
