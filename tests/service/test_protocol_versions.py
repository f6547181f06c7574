"""The versions that serve side by side, as both inference protocols name them."""

import pytest
from stub_service import running
from stub_versions import Store, all_ready

from service.settings import Settings

SETTINGS = Settings(model_version=2, extra_versions="3,1")
ROWS = {"instances": [[[0] * 28] * 28]}
TENSOR = {"inputs": [{"name": "images", "shape": [1, 28, 28], "datatype": "UINT8", "data": [0] * 784}]}


@pytest.mark.parametrize(("path", "version"), [("", 2), ("/versions/1", 1), ("/versions/3", 3)])
async def test_the_version_that_the_path_names_answers(path, version):
    async with running(SETTINGS, load=Store()) as client:
        await all_ready(client)
        tensors = (await client.post(f"/v2/models/digits{path}/infer", json=TENSOR)).json()
        rows = (await client.post(f"/v1/models/digits{path}:predict", json=ROWS)).json()

    probabilities = rows["predictions"][0]["probabilities"]
    assert tensors["model_version"] == str(version)
    assert probabilities.index(max(probabilities)) == version


async def test_both_protocols_list_what_serves():
    async with running(SETTINGS, load=Store(broken=[3])) as client:
        await all_ready(client)
        metadata = (await client.get("/v2/models/digits")).json()
        status = (await client.get("/v1/models/digits")).json()
        missing = await client.get("/v2/models/digits/versions/3/ready")

    assert metadata["versions"] == ["1", "2"]
    assert [(each["version"], each["state"]) for each in status["model_version_status"]] == [
        ("1", "AVAILABLE"),
        ("2", "AVAILABLE"),
        ("3", "END"),
    ]
    assert (missing.status_code, missing.json()["error"]) == (
        404,
        "Servable not found for request: Specific(digits, 3)",
    )


async def test_the_canary_answers_its_share():
    settings = Settings(model_version=2, extra_versions="3", canary_version=3, canary_share=1)
    async with running(settings, load=Store()) as client:
        await all_ready(client)
        answer = (await client.post("/v2/models/digits/infer", json=TENSOR)).json()

    assert answer["model_version"] == "3"
