"""`/v2`: the Open Inference Protocol over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias

import anyio.to_thread
from fastapi import APIRouter, Depends, Path, Request, Response

from digits.store import MODEL_NAME, ModelStore
from service.authorization import require_admin, require_key
from service.dependencies import LineupDep, ReloaderDep, SettingsDep, SlotDep
from service.errors import NotReadyError, UnknownServableError
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.protocols.open_inference import description, outputs, request, response
from service.protocols.open_inference.messages import (
    ErrorMessage,
    IndexEntry,
    IndexRequest,
    InferenceResponse,
    Live,
    ModelMetadata,
    ModelReady,
    Ready,
    ServerMetadata,
)
from service.protocols.servable import find_by_text
from service.routes.servables import (
    INFERENCE_STATUSES,
    Inference,
    InferenceDep,
    ModelName,
    ServableDep,
    errors,
)
from service.supervisor import reload_all_workers

router = APIRouter(prefix="/v2", tags=["Open Inference Protocol"])

_OF_MODEL: Final = errors(ErrorMessage, HTTPStatus.NOT_FOUND, HTTPStatus.SERVICE_UNAVAILABLE)
_OF_INFERENCE: Final[dict[str, Any]] = {
    "response_model": InferenceResponse,
    "dependencies": [Depends(require_key)],
    "responses": errors(ErrorMessage, *INFERENCE_STATUSES)
    | {200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
    "openapi_extra": {
        "parameters": [
            {
                "name": request.JSON_LENGTH_HEADER,
                "in": "header",
                "required": False,
                "description": "Bytes of JSON in the body; the binary tensors follow.",
                "schema": {"type": "string"},
            }
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"$ref": "#/components/schemas/InferenceRequest"}},
                "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            },
        },
    },
}


async def _version(
    lineup: LineupDep,
    name: ModelName,
    version: Annotated[str, Path(description="Number of a version that serves.", examples=["2"])],
) -> Recognizer:
    return find_by_text(lineup, name, version)


VersionDep: TypeAlias = Annotated[Recognizer, Depends(_version)]


@router.get("", operation_id="serverMetadata")
@router.get("/", include_in_schema=False)
async def server() -> ServerMetadata:
    """Name, version and extensions of the service."""
    return description.describe_server()


@router.get("/health/live", operation_id="serverLive")
async def live() -> Live:
    """Whether the process answers at all."""
    return Live(live=True)


@router.get(
    "/health/ready",
    operation_id="serverReady",
    responses={503: {"model": Ready, "description": "Send no requests yet."}},
)
async def ready(slot: SlotDep, response: Response) -> Ready:
    """Whether inference is answered."""
    if not slot.ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(NotReadyError.retry_after_s)
    return Ready(ready=slot.ready)


@router.get("/models/{name}", operation_id="modelMetadata", responses=_OF_MODEL)
async def model(recognizer: ServableDep, lineup: LineupDep) -> ModelMetadata:
    """Inputs and outputs of the model, and the versions that serve."""
    return description.describe_model(recognizer.model.name, lineup.versions)


@router.get("/models/{name}/versions/{version}", operation_id="versionMetadata", responses=_OF_MODEL)
async def version(recognizer: VersionDep) -> ModelMetadata:
    """Inputs and outputs of one version."""
    return description.describe_model(recognizer.model.name, [recognizer.model.version])


@router.get("/models/{name}/ready", operation_id="modelReady", responses=_OF_MODEL)
async def model_ready(recognizer: ServableDep) -> ModelReady:
    """Whether the model answers; 503 while it is loading."""
    return ModelReady(name=recognizer.model.name, ready=True)


@router.get("/models/{name}/versions/{version}/ready", operation_id="versionReady", responses=_OF_MODEL)
async def version_ready(recognizer: VersionDep) -> ModelReady:
    """Whether one version answers; 503 while it is loading."""
    return ModelReady(name=recognizer.model.name, ready=True)


@router.post("/models/{name}/infer", operation_id="infer", **_OF_INFERENCE)
async def infer(recognizer: ServableDep, inference: InferenceDep, asked: Request) -> Response:
    """Ask the model: digit images as `images` (UINT8), or encoded pictures as `image` (BYTES)."""
    return await _infer(recognizer, inference, asked)


@router.post("/models/{name}/versions/{version}/infer", operation_id="inferVersion", **_OF_INFERENCE)
async def infer_version(recognizer: VersionDep, inference: InferenceDep, asked: Request) -> Response:
    """Ask one version: digit images as `images` (UINT8), or encoded pictures as `image` (BYTES)."""
    return await _infer(recognizer, inference, asked)


async def _infer(recognizer: Recognizer, inference: Inference, asked: Request) -> Response:
    json_length = asked.headers.get(request.JSON_LENGTH_HEADER)

    def work(recognizer: Recognizer, body: bytes) -> tuple[Answers, response.Reply]:
        parsed = request.parse(body, json_length)
        outputs.check_outputs(parsed.request)
        answers = parsed.question.put_to(recognizer)
        return answers, response.encode(answers, parsed.request, recognizer.model)

    reply = await inference(recognizer, work)
    if reply.json_length is None:
        return Response(reply.body, media_type="application/json")
    headers = {request.JSON_LENGTH_HEADER: str(reply.json_length)}
    return Response(reply.body, headers=headers, media_type="application/octet-stream")


@router.post(
    "/repository/index",
    operation_id="repositoryIndex",
    dependencies=[Depends(require_key)],
    responses=errors(
        ErrorMessage,
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.REQUEST_TIMEOUT),
        *(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE),
    ),
    openapi_extra={
        "requestBody": {
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/IndexRequest"}}}
        }
    },
)
async def index(lineup: LineupDep, settings: SettingsDep, asked: Request) -> list[IndexEntry]:
    """Every version in the store, and which of them serve."""
    wanted = request.parse_message(IndexRequest, await asked.body())
    store = ModelStore(settings.model_store)
    stored = await anyio.to_thread.run_sync(store.versions)
    return description.index(stored, lineup.versions, only_ready=wanted.ready)


@router.post(
    "/repository/models/{name}/load",
    operation_id="repositoryLoad",
    dependencies=[Depends(require_admin)],
    responses=errors(
        ErrorMessage,
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT),
    ),
)
async def load(name: ModelName, reloader: ReloaderDep, settings: SettingsDep) -> Response:
    """Load the model anew, as `POST /admin/reload` does."""
    _check_name(name)
    await reloader.reload()
    if settings.workers > 1:
        reload_all_workers()
    return Response("{}", media_type="application/json")


@router.post(
    "/repository/models/{name}/unload",
    operation_id="repositoryUnload",
    dependencies=[Depends(require_admin)],
    responses=errors(
        ErrorMessage,
        *(HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND),
    ),
)
async def unload(name: ModelName, reloader: ReloaderDep) -> Response:
    """Let the model go, all versions of it: everything that asks it is refused until it is loaded again.

    One of several workers cannot do that for the others, so there it is refused.
    """
    _check_name(name)
    await reloader.unload()
    return Response("{}", media_type="application/json")


def _check_name(name: str) -> None:
    if name != MODEL_NAME:
        raise UnknownServableError(name, None)
