"""`/v1`: TensorFlow Serving's REST API."""

from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Depends, Response

from service.authorization import require_key
from service.dependencies import LineupDep
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.protocols.tensorflow_serving import description, request, response
from service.protocols.tensorflow_serving.messages import (
    ClassifyResponse,
    ModelStatus,
    PredictResponse,
    ServableMetadata,
    ServingError,
)
from service.routes.servables import (
    INFERENCE_STATUSES,
    Inference,
    InferenceDep,
    ServableDep,
    ServableVersionDep,
    Work,
    errors,
)

router = APIRouter(prefix="/v1", tags=["TensorFlow Serving"])

_OF_MODEL: Final = errors(
    ServingError, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE
)


def _asking(question: str, answer: type) -> dict[str, Any]:
    return {
        "response_model": answer,
        "dependencies": [Depends(require_key)],
        "responses": errors(ServingError, *INFERENCE_STATUSES),
        "openapi_extra": {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{question}"}}},
            }
        },
    }


@router.get("/models/{name}", operation_id="modelStatus", responses=_OF_MODEL)
async def status(recognizer: ServableDep, lineup: LineupDep) -> ModelStatus:
    """The versions that serve."""
    return description.describe_status(recognizer.model.name, lineup.versions)


@router.get("/models/{name}/versions/{version}", operation_id="versionStatus", responses=_OF_MODEL)
async def version_status(recognizer: ServableVersionDep) -> ModelStatus:
    """Whether one version serves."""
    return description.describe_status(recognizer.model.name, [recognizer.model.version])


@router.get("/models/{name}/metadata", operation_id="modelSignature", responses=_OF_MODEL)
async def metadata(recognizer: ServableDep) -> ServableMetadata:
    """The model's signature."""
    return description.describe_model(recognizer.model.name, recognizer.model.version)


@router.get(
    "/models/{name}/versions/{version}/metadata", operation_id="versionSignature", responses=_OF_MODEL
)
async def version_metadata(recognizer: ServableVersionDep) -> ServableMetadata:
    """The signature of one version."""
    return description.describe_model(recognizer.model.name, recognizer.model.version)


@router.post(
    "/models/{name}:predict",
    operation_id="tensorflowPredict",
    **_asking("PredictRequest", PredictResponse),
)
async def predict(recognizer: ServableDep, inference: InferenceDep) -> Response:
    """Ask the model, in rows (`instances`) or in columns (`inputs`)."""
    return await _answer(recognizer, inference, _predict)


@router.post(
    "/models/{name}/versions/{version}:predict",
    operation_id="tensorflowPredictVersion",
    **_asking("PredictRequest", PredictResponse),
)
async def predict_version(recognizer: ServableVersionDep, inference: InferenceDep) -> Response:
    """Ask one version, in rows (`instances`) or in columns (`inputs`)."""
    return await _answer(recognizer, inference, _predict)


@router.post(
    "/models/{name}:classify",
    operation_id="tensorflowClassify",
    **_asking("ClassifyRequest", ClassifyResponse),
)
async def classify(recognizer: ServableDep, inference: InferenceDep) -> Response:
    """Ask the model for labels and their probabilities."""
    return await _answer(recognizer, inference, _classify)


@router.post(
    "/models/{name}/versions/{version}:classify",
    operation_id="tensorflowClassifyVersion",
    **_asking("ClassifyRequest", ClassifyResponse),
)
async def classify_version(recognizer: ServableVersionDep, inference: InferenceDep) -> Response:
    """Ask one version for labels and their probabilities."""
    return await _answer(recognizer, inference, _classify)


def _predict(recognizer: Recognizer, body: bytes) -> tuple[Answers, bytes]:
    asked = request.parse_predict(body)
    answers = asked.question.put_to(recognizer)
    return answers, response.encode_prediction(answers, in_rows=asked.in_rows)


def _classify(recognizer: Recognizer, body: bytes) -> tuple[Answers, bytes]:
    answers = request.parse_classify(body).put_to(recognizer)
    return answers, response.encode_classification(answers)


async def _answer(recognizer: Recognizer, inference: Inference, work: Work[bytes]) -> Response:
    return Response(await inference(recognizer, work), media_type="application/json")
