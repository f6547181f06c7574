"""`POST /read`."""

from fastapi import APIRouter, Depends

from digits.errors import TooManySymbolsError
from service.authorization import require_key
from service.dependencies import IMAGE_REQUEST_BODY, AskedDep
from service.problems import IMAGE_ERRORS, INVALID_REQUEST, documented
from service.routes.direct import DirectRoute
from service.schemas import ModelReference, Reading

router = APIRouter(tags=["recognition"], dependencies=[Depends(require_key)], route_class=DirectRoute)


@router.post(
    "/read",
    operation_id="read",
    openapi_extra=IMAGE_REQUEST_BODY,
    responses=documented(*IMAGE_ERRORS, TooManySymbolsError, INVALID_REQUEST),
)
async def read(asked: AskedDep) -> Reading:
    """Read all handwritten digits on a picture, line by line.

    Digits may touch and lines may slant. The picture may be whatever `POST /predict` takes. Where
    there is ink, but nothing that looks like a digit, the answer is an empty text.
    """
    recognizer = asked.recognizer
    digits = await asked.serve(lambda: recognizer.read(asked.image, watch=asked.watch))
    asked.metrics.answered_by(recognizer.model.version)
    asked.shadow.compare(recognizer, asked.image, digits)
    for each in digits:
        asked.metrics.predicted(each.digit, each.confidence)
    return Reading.of(digits, ModelReference.of(recognizer))
