"""Every error has its status, its example and its explanation."""

import pytest

import digits.errors
import service.errors
from digits.errors import DigitsError
from service.problems import MEDIA_TYPE, PROBLEM_TYPES, STATUSES


def _leaves(error):
    children = [leaf for child in error.__subclasses__() for leaf in _leaves(child)]
    return children or [error]


OURS = [
    e
    for e in _leaves(DigitsError)
    if e.__module__ == digits.errors.__name__ or e.__module__.startswith(f"{service.errors.__name__}.")
]


def test_the_table_of_statuses_is_complete():
    assert set(OURS) == set(STATUSES)


def test_codes_are_unique_and_kebab_case():
    codes = [error.code for error in OURS]

    assert len(codes) == len(set(codes))
    assert all(code == code.lower() and code.replace("-", "").isalpha() for code in codes)


@pytest.mark.parametrize("code", PROBLEM_TYPES)
async def test_a_type_leads_to_its_explanation(client, code):
    answer = await client.get(f"/problems/{code}")

    assert answer.status_code == 200
    assert answer.json()["code"] == code
    assert answer.json()["explanation"]


async def test_lists_all_types(client):
    assert {each["code"] for each in (await client.get("/problems")).json()} == set(PROBLEM_TYPES)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        pytest.param("GET", "/nothing", 404, "not-found", id="unknown-path"),
        pytest.param("GET", "/problems/none", 404, "not-found", id="unknown-problem"),
        pytest.param("GET", "/predict", 405, "method-not-allowed", id="wrong-method"),
        pytest.param("DELETE", "/health", 405, "method-not-allowed", id="wrong-method-elsewhere"),
    ],
)
async def test_answers_the_frameworks_own_errors_alike(client, method, path, status, code):
    answer = await client.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/predict", "POST"),
        ("/health", "GET, HEAD"),
        ("/layers", "GET, POST"),
        ("/v2/models/digits/infer", "POST"),
    ],
)
async def test_names_every_method_that_a_path_takes(client, path, methods):
    answer = await client.delete(path)

    assert (answer.status_code, answer.headers["allow"]) == (405, methods)


async def test_a_file_of_the_docs_page_takes_other_methods(client):
    assert (await client.delete("/docs/static/none.js")).status_code == 405
