"""What FastAPI leaves out of the OpenAPI document, and what it puts in that never comes."""

from typing import Any, Final

from fastapi import FastAPI
from pydantic.json_schema import models_json_schema

from service.authorization import API_KEY_SCHEME
from service.protocols.open_inference.messages import IndexRequest, InferenceRequest
from service.protocols.tensorflow_serving.messages import ClassifyRequest, PredictRequest
from service.schemas import Problem

_FASTAPIS: Final = "HTTPValidationError"

_BODIES: Final = (Problem, InferenceRequest, IndexRequest, PredictRequest, ClassifyRequest)
"""Schemas that routes refer to by name."""


def complete_document(app: FastAPI) -> None:
    """Add the schemas that routes refer to by name; FastAPI adds only what they declare themselves."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        document = generate()
        _, definitions = models_json_schema(
            [(each, "validation") for each in _BODIES],
            ref_template="#/components/schemas/{model}",
        )
        document["components"]["schemas"].update(definitions["$defs"])
        _drop_what_never_comes(document)
        if not app.state.api_keys:
            _ask_for_no_key(document)
        return document

    app.openapi = openapi  # type: ignore[method-assign] # the way FastAPI documents


def _drop_what_never_comes(document: dict[str, Any]) -> None:
    """Take out FastAPI's own answer to a parameter that is not valid: `problems` says it in our words.

    FastAPI adds it to each operation that has a parameter and does not say itself what a 422 is.
    """
    for path in document["paths"].values():
        for operation in path.values():
            if _FASTAPIS in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for schema in (_FASTAPIS, "ValidationError"):
        document["components"]["schemas"].pop(schema, None)


def _ask_for_no_key(document: dict[str, Any]) -> None:
    """Say that a key is welcome but not needed, where the operator asks for none."""
    for path in document["paths"].values():
        for operation in path.values():
            if operation.get("security") == [{API_KEY_SCHEME: []}]:
                operation["security"].insert(0, {})
