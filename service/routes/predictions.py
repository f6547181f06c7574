"""`POST /predict`."""

from typing import Annotated, TypeAlias

from fastapi import APIRouter, Depends, Query

from service.authorization import require_key
from service.dependencies import IMAGE_REQUEST_BODY, AskedDep
from service.errors import SeveralDigitsError
from service.problems import IMAGE_ERRORS, INVALID_REQUEST, documented
from service.routes.direct import DirectRoute
from service.schemas import Prediction

Explain: TypeAlias = Annotated[
    bool,
    Query(description="Also say what the model saw, and what of it counted; this takes some milliseconds."),
]

router = APIRouter(tags=["recognition"], dependencies=[Depends(require_key)], route_class=DirectRoute)


@router.post(
    "/predict",
    operation_id="predict",
    response_model_exclude_none=True,
    openapi_extra=IMAGE_REQUEST_BODY,
    responses=documented(*IMAGE_ERRORS, SeveralDigitsError, INVALID_REQUEST),
)
async def predict(asked: AskedDep, explain: Explain = False) -> Prediction:
    """Recognize one handwritten digit.

    The picture may be a photo, a scan or a drawing: dark on light or light on dark, of any size up
    to the service's limits, upright or turned by EXIF, with or without transparency. Of an animation
    the first frame counts. Of several digits one is read only if it is twice as high as the others;
    `POST /read` reads them all.
    """
    recognizer = asked.recognizer
    recognition = await asked.serve(
        lambda: recognizer.recognize(asked.image, explained=explain, watch=asked.watch, attempt=asked.attempt)
    )
    return asked.answering.conclude(recognizer, asked.image, recognition)
