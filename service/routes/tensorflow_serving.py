"""`/v1`: TensorFlow Serving's REST API."""

from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Response

from digits.store import MODEL_NAME, ModelStore
from service.authorization import require_key
from service.dependencies import LineupDep, SettingsDep
from service.errors import ProtocolError, UnknownServableError
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.inference.slot import Status
from service.protocols.servable import find
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
    ModelName,
    ServableDep,
    Work,
    errors,
)

router = APIRouter(prefix="/v1", tags=["TensorFlow Serving"])

_OF_STATUS: Final = errors(ServingError, HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND)
_OF_MODEL: Final = _OF_STATUS | errors(ServingError, HTTPStatus.SERVICE_UNAVAILABLE)


_LARGEST_VERSION: Final = 2**63 - 1


async def _version(
    version: Annotated[
        str, Path(description="Number of a version that serves.", pattern="^[0-9]+$", examples=["2"])
    ],
) -> int:
    if len(version) > len(str(_LARGEST_VERSION)) or int(version) > _LARGEST_VERSION:
        raise ProtocolError(f"Failed to convert version: {version[:40]} to numeric.")
    return int(version)


VersionDep: TypeAlias = Annotated[int, Depends(_version)]


async def _servable_version(lineup: LineupDep, name: ModelName, version: VersionDep) -> Recognizer:
    return find(lineup, name, version)


ServableVersionDep: TypeAlias = Annotated[Recognizer, Depends(_servable_version)]


async def _statuses(name: ModelName, lineup: LineupDep, settings: SettingsDep) -> dict[int, Status]:
    """How each version of the model is; none of any other name."""
    if name != MODEL_NAME:
        return {}
    primary: int | None = None
    if isinstance(settings.model_version, int):
        primary = settings.model_version
    elif not lineup.primary.ready:
        stored = await anyio.to_thread.run_sync(ModelStore(settings.model_store).versions)
        primary = stored[-1] if stored else None
    return lineup.statuses(primary)


StatusesDep: TypeAlias = Annotated[dict[int, Status], Depends(_statuses)]


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


@router.get("/models", include_in_schema=False)
async def models() -> None:
    """Refused in the original's words: it does not list models either."""
    raise ProtocolError("Missing model name in request.")


@router.get("/models/{name}", operation_id="modelStatus", responses=_OF_STATUS)
async def status(name: ModelName, versions: StatusesDep) -> ModelStatus:
    """The versions that serve, or should."""
    if not versions:
        raise UnknownServableError(name, None, listed=True)
    return description.describe_status(name, versions)


@router.get("/models/{name}/versions/{version}", operation_id="versionStatus", responses=_OF_STATUS)
async def version_status(name: ModelName, version: VersionDep, versions: StatusesDep) -> ModelStatus:
    """Whether one version serves."""
    if version not in versions:
        raise UnknownServableError(name, version, listed=True)
    return description.describe_status(name, {version: versions[version]})


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
