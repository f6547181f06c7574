"""The document that clients are generated from, and the page that shows it."""

import re

import pytest


async def test_documents_every_status_of_predict_with_examples(client):
    document = (await client.get("/openapi.json")).json()

    operation = document["paths"]["/predict"]["post"]
    assert set(operation["responses"]) == {
        *("200", "400", "401", "404", "408", "413", "415", "422", "429", "503", "504")
    }
    assert set(operation["requestBody"]["content"]) == {
        "multipart/form-data",
        "image/*",
        "application/octet-stream",
    }
    for status, response in operation["responses"].items():
        if status != "200":
            examples = response["content"]["application/problem+json"]["examples"]
            assert all(example["value"]["status"] == int(status) for example in examples.values())


async def test_every_reference_leads_somewhere(client):
    answer = await client.get("/openapi.json")

    schemas = answer.json()["components"]["schemas"]
    references = set(re.findall(r'"#/components/schemas/(\w+)"', answer.text))
    assert references
    assert references <= set(schemas)


async def test_every_operation_has_an_id_and_a_description(client):
    document = (await client.get("/openapi.json")).json()

    operations = [op for path in document["paths"].values() for op in path.values()]
    assert all(op["operationId"].isidentifier() and op["description"] for op in operations)


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        ("InferenceRequest", "/v2/models/digits/infer"),
        ("IndexRequest", "/v2/repository/index"),
        ("PredictRequest", "/v1/models/digits:predict"),
        ("ClassifyRequest", "/v1/models/digits:classify"),
    ],
)
async def test_every_example_is_answered(client, schema, path):
    document = (await client.get("/openapi.json")).json()

    examples = document["components"]["schemas"][schema]["examples"]

    assert [(await client.post(path, json=each)).status_code for each in examples] == [200] * len(examples)


async def test_promises_no_answer_of_the_framework(client):
    text = (await client.get("/openapi.json")).text

    assert "ValidationError" not in text


async def test_the_docs_page_needs_no_other_host(client):
    page = (await client.get("/docs")).text
    links = re.findall(r'(?:src|href)="([^"]+)"', page)

    assert links
    assert not [link for link in links if "//" in link]
    for link in links:
        assert (await client.get(link)).status_code == 200


async def test_shows_what_clients_care_about_of_the_model(client):
    card = (await client.get("/model")).json()

    assert (card["name"], card["version"], card["engine"]) == ("digits", 3, "stub")
    assert card["classes"] == list("0123456789")
