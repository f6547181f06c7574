"""`/corrections`, for services whose operator keeps them."""

from typing import Annotated, Any, Final, TypeAlias

from annotated_types import Ge, Le
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.security import HTTPAuthorizationCredentials

from digits.corrections.record import LABELS
from digits.errors import ImageTooLargeError, UnreadableImageError
from service.access import KeyRing
from service.authorization import ADMIN_KEY, require_admin, require_key
from service.corrections.keeper import Keeper
from service.corrections.sent import Sent
from service.errors import (
    AdminDisabledError,
    BodyTooLargeError,
    CorrectionNotFoundError,
    CorrectionsFullError,
    CorrectionsOffError,
    CorrectionsUnavailableError,
    InvalidCorrectionError,
    MalformedRequestError,
    MissingImageError,
    OverloadedError,
    RateLimitedError,
    UnauthorizedError,
    UploadTooSlowError,
)
from service.forms import only_file, parse_form
from service.problems import INVALID_REQUEST, documented
from service.schemas import CorrectionPage, KeptCorrection

router = APIRouter(prefix="/corrections", tags=["corrections"])

off = APIRouter(prefix="/corrections", include_in_schema=False)
"""In the router's place where no corrections are kept."""

_LABEL: Final = {"type": "string", "enum": list(LABELS)}

_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["image", "label", "consent"],
                    "properties": {
                        "image": {"type": "string", "format": "binary"},
                        "label": {**_LABEL, "description": "What the picture shows."},
                        "consent": {
                            "type": "string",
                            "enum": ["true"],
                            "description": "The person agrees that picture and label are kept.",
                        },
                        "predicted": {**_LABEL, "description": "What had been answered."},
                        "model_version": {
                            "type": "integer",
                            "minimum": 1,
                            "description": "By which version.",
                        },
                        "request_id": {"type": "string", "description": "The answer's X-Request-ID."},
                    },
                }
            }
        },
    }
}


async def _keeper(request: Request) -> Keeper:
    keeper: Keeper = request.app.state.corrections
    return keeper


@off.api_route("", methods=["GET", "POST"])
@off.api_route("/{correction_id}", methods=["DELETE"])
async def refuse() -> None:
    """Say that nothing is kept here.

    Raises:
        CorrectionsOffError: Always.
    """
    raise CorrectionsOffError


KeeperDep: TypeAlias = Annotated[Keeper, Depends(_keeper)]


@router.post(
    "",
    operation_id="correct",
    status_code=201,
    dependencies=[Depends(require_key)],
    openapi_extra=_FORM,
    responses={
        200: {
            "model": KeptCorrection,
            "description": "The picture was there already; it has this label now.",
        },
        **documented(
            *(MissingImageError, MalformedRequestError, UnauthorizedError, UploadTooSlowError),
            *(BodyTooLargeError, ImageTooLargeError, UnreadableImageError, InvalidCorrectionError),
            *(RateLimitedError, OverloadedError, CorrectionsUnavailableError, CorrectionsFullError),
        ),
    },
)
async def correct(request: Request, response: Response, keeper: KeeperDep) -> KeptCorrection:
    """Keep a picture with the label that a person gives it, who agreed to that.

    What is kept is small, gray and without metadata. The token of the answer deletes it again; without
    that it is deleted after the days that the operator set.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise InvalidCorrectionError(f"The Content-Type is '{media_type}'.")
    form = await parse_form(request)
    try:
        sent = Sent.of([(name, value) for name, value in form.multi_items() if isinstance(value, str)])
        picture = await only_file(form)
    finally:
        await form.close()
    kept = await keeper.add(picture, sent)
    if not kept.is_new:
        response.status_code = 200
    return KeptCorrection.of(kept, days=keeper.days, root_path=request.scope.get("root_path", "").rstrip("/"))


@router.delete(
    "/{correction_id}",
    operation_id="delete_correction",
    status_code=204,
    responses=documented(CorrectionNotFoundError, OverloadedError, CorrectionsUnavailableError),
)
async def delete(
    request: Request,
    correction_id: str,
    keeper: KeeperDep,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(ADMIN_KEY)],
    token: Annotated[
        str, Header(alias="Correction-Token", description="As it came with the correction.")
    ] = "",
) -> None:
    """Delete a correction: whoever has its token may, and the operator with the admin key."""
    keys: KeyRing = request.app.state.admin_keys
    is_operator = credentials is not None and keys.find(credentials.credentials) is not None
    await keeper.delete(correction_id, None if is_operator else token)


@router.get(
    "",
    operation_id="corrections",
    dependencies=[Depends(require_admin)],
    responses=documented(
        *(UnauthorizedError, AdminDisabledError, INVALID_REQUEST),
        *(OverloadedError, CorrectionsUnavailableError),
    ),
)
async def corrections(
    keeper: KeeperDep,
    after: Annotated[int, Ge(0), Le(2**31 - 1), Query(description="`next` of the page before.")] = 0,
    limit: Annotated[int, Ge(1), Le(1000)] = 100,
) -> CorrectionPage:
    """List the corrections; `digits-corrections export` writes their pictures too."""
    return CorrectionPage.of(await keeper.page(after, limit), limit=limit)
