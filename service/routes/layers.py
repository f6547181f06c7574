"""`GET /layers` and `POST /layers`: a look inside the network."""

from fastapi import APIRouter, Depends, Request

from service.authorization import require_key
from service.dependencies import IMAGE_REQUEST_BODY, AskedDep, AskedForDep, serve
from service.errors import (
    DeadlineExceededError,
    LayersUnavailableError,
    NotReadyError,
    OverloadedError,
    VersionNotServedError,
)
from service.inference.stopwatch import Stopwatch
from service.problems import IMAGE_ERRORS, INVALID_REQUEST, documented
from service.schemas import LayerAnswers, Layers, ModelReference

router = APIRouter(tags=["explanation"])


@router.get(
    "/layers",
    operation_id="layers",
    responses=documented(
        VersionNotServedError,
        LayersUnavailableError,
        INVALID_REQUEST,
        NotReadyError,
        OverloadedError,
        DeadlineExceededError,
    ),
)
async def layers(request: Request, recognizer: AskedForDep) -> Layers:
    """What the network consists of: each layer's shape, weights and multiply-adds."""
    found = await serve(request, lambda: recognizer.in_turn(recognizer.inside.layers, Stopwatch()))
    return Layers.of(found, ModelReference.of(recognizer))


@router.post(
    "/layers",
    operation_id="look_inside",
    openapi_extra=IMAGE_REQUEST_BODY,
    responses=documented(*IMAGE_ERRORS, LayersUnavailableError, INVALID_REQUEST),
    dependencies=[Depends(require_key)],
)
async def look_inside(asked: AskedDep) -> LayerAnswers:
    """What each layer makes of the digit on a picture, as small pictures.

    The picture may be whatever `POST /predict` takes; of several digits one is looked at. The layers are
    those of the version's LiteRT twin, whichever engine serves it. Takes some milliseconds.
    """
    recognizer = asked.recognizer
    look = await asked.serve(
        lambda: recognizer.in_turn(lambda: recognizer.inside.look(asked.image), asked.watch)
    )
    return LayerAnswers.of(look, ModelReference.of(recognizer))
