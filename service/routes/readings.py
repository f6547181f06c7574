"""`POST /read`."""

from fastapi import APIRouter, Depends

from digits.errors import BlankImageError, ImageTooLargeError, TooManySymbolsError, UnreadableImageError
from service.authorization import require_key
from service.dependencies import (
    IMAGE_REQUEST_BODY,
    MetricsDep,
    RecognizerDep,
    ServeDep,
    UploadedImage,
)
from service.errors import (
    BodyTooLargeError,
    DeadlineExceededError,
    MalformedRequestError,
    MissingImageError,
    NotReadyError,
    OverloadedError,
    RateLimitedError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    UploadTooSlowError,
)
from service.problems import documented
from service.schemas import ModelReference, Reading

router = APIRouter(tags=["recognition"], dependencies=[Depends(require_key)])


@router.post(
    "/read",
    operation_id="read",
    openapi_extra=IMAGE_REQUEST_BODY,
    responses=documented(
        MissingImageError,
        MalformedRequestError,
        UnauthorizedError,
        UploadTooSlowError,
        BodyTooLargeError,
        ImageTooLargeError,
        UnsupportedMediaTypeError,
        UnreadableImageError,
        BlankImageError,
        TooManySymbolsError,
        NotReadyError,
        RateLimitedError,
        OverloadedError,
        DeadlineExceededError,
    ),
)
async def read(
    recognizer: RecognizerDep,
    image: UploadedImage,
    serve: ServeDep,
    metrics: MetricsDep,
) -> Reading:
    """Read all handwritten digits on a picture, line by line.

    Digits may touch and lines may slant. The picture may be whatever `POST /predict` takes. Where
    there is ink, but nothing that looks like a digit, the answer is an empty text.
    """
    digits = await serve(lambda: recognizer.read(image))
    for each in digits:
        metrics.predicted(each.digit)
    return Reading.of(digits, ModelReference.of(recognizer))
