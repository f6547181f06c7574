"""What routes ask for: the picture that was sent, the model that serves."""

from dataclasses import dataclass
from typing import Annotated, Any, Final, NoReturn, TypeAlias, TypeVar

from annotated_types import Gt
from fastapi import Depends, Query, Request
from starlette.requests import ClientDisconnect

from service.admission import WAITED_S, Admission, Work
from service.answering import Answering
from service.errors import MissingImageError, UnsupportedMediaTypeError
from service.forms import only_file, parse_form
from service.inference.lineup import Lineup
from service.inference.recognizer import Attempt, Recognizer
from service.inference.slot import ModelSlot
from service.inference.stopwatch import Stopwatch
from service.metrics import Metrics
from service.reloading import Reloader
from service.settings import Settings
from service.shadowing import Shadow
from service.telemetry import WATCH

T = TypeVar("T")


async def uploaded_image(request: Request) -> bytes:
    """The picture in the request: a form's file, or the whole body.

    Raises:
        MissingImageError: There is none.
        MalformedRequestError: The form cannot be parsed, or has several pictures.
        UnsupportedMediaTypeError: The Content-Type carries no picture.
        BodyTooLargeError: There are more bytes than we accept.
    """
    content_type = request.headers.get("content-type", "")
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == "multipart/form-data":
        image = await _image_of_form(request)
    elif media_type in {"", "application/octet-stream"} or media_type.startswith("image/"):
        image = await request.body()
    else:
        raise UnsupportedMediaTypeError(media_type)
    if not image:
        raise MissingImageError("The image is empty: 0 bytes.")
    return image


async def _image_of_form(request: Request) -> bytes:
    form = await parse_form(request)
    try:
        return await only_file(form)
    finally:
        await form.close()


_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}

IMAGE_REQUEST_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A picture of handwriting: PNG, JPEG, GIF, BMP, WebP or TIFF.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "image": {
                            "type": "string",
                            "format": "binary",
                            "description": "The picture; `file` works too.",
                        }
                    },
                    "required": ["image"],
                }
            },
            "image/*": _BINARY,
            "application/octet-stream": _BINARY,
        },
    }
}
"""`uploaded_image` in OpenAPI's terms, for a route's `openapi_extra`."""


async def _slot(request: Request) -> ModelSlot:
    slot: ModelSlot = request.app.state.slot
    return slot


Version: TypeAlias = Annotated[
    int | None,
    Gt(0),
    Query(description="The version of the model to ask; `GET /model` lists those that serve."),
]


async def _asked_for(request: Request, version: Version = None) -> Recognizer:
    lineup: Lineup = request.app.state.lineup
    return lineup.find(version)


AskedForDep: TypeAlias = Annotated[Recognizer, Depends(_asked_for)]


async def serve(request: Request, work: Work[T]) -> T:
    """Do a request's work, bounded: see `Admission.serve`."""

    async def leaving() -> NoReturn:
        while (await request.receive())["type"] != "http.disconnect":
            pass  # what follows the body is nobody's
        raise ClientDisconnect

    admission: Admission = request.app.state.admission
    waited_s = request.scope.get("state", {}).get(WAITED_S, 0.0)
    return await admission.serve(work, leaving, waited_s)


ATTEMPT: Final = "digits.attempt"
"""Where a request's state tells what was made of its picture before the application got it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A picture that someone asks about, and all that answers it.

    One dependency instead of one for each part: FastAPI takes 15 to 20 µs to resolve one.
    """

    image: bytes
    recognizer: Recognizer
    metrics: Metrics
    shadow: Shadow
    answering: Answering
    watch: Stopwatch
    attempt: Attempt | None
    _request: Request

    async def serve(self, work: Work[T]) -> T:
        """Do the request's work, bounded: see `Admission.serve`."""
        return await serve(self._request, work)


async def ask(request: Request, version: Version = None) -> Asked:
    """Gather what answers; whether anything can is known before the picture is read.

    While a client sends it, nothing is held: a model that was replaced meanwhile would stay in memory.

    Raises:
        NotReadyError: Nothing can answer yet.
        VersionNotServedError: It is not among those that serve.
        DigitsError: What `uploaded_image` raises.
    """
    state = request.app.state
    lineup: Lineup = state.lineup
    lineup.find(version)
    image = await uploaded_image(request)
    # Taken away, for a connection keeps its last request while it lies idle.
    attempt: Attempt | None = request.scope.get("state", {}).pop(ATTEMPT, None)
    if attempt:
        recognizer, watch = attempt.recognizer, attempt.watch
    else:
        recognizer = lineup.choose(image) if version is None else lineup.find(version)
        watch = Stopwatch()
    request.scope[WATCH] = watch
    answering = Answering(metrics=state.metrics, shadow=state.shadow, settings=state.settings)
    return Asked(image, recognizer, state.metrics, state.shadow, answering, watch, attempt, request)


async def _lineup(request: Request) -> Lineup:
    lineup: Lineup = request.app.state.lineup
    return lineup


async def _metrics(request: Request) -> Metrics:
    metrics: Metrics = request.app.state.metrics
    return metrics


async def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


async def _reloader(request: Request) -> Reloader:
    reloader: Reloader = request.app.state.reloader
    return reloader


SlotDep: TypeAlias = Annotated[ModelSlot, Depends(_slot)]
LineupDep: TypeAlias = Annotated[Lineup, Depends(_lineup)]
AskedDep: TypeAlias = Annotated[Asked, Depends(ask)]
MetricsDep: TypeAlias = Annotated[Metrics, Depends(_metrics)]
ReloaderDep: TypeAlias = Annotated[Reloader, Depends(_reloader)]
SettingsDep: TypeAlias = Annotated[Settings, Depends(_settings)]
