"""From errors to HTTP: the one table of statuses, and `application/problem+json` (RFC 9457)."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from digits import errors as shared
from digits.errors import DigitsError
from service import errors as own
from service.errors import AvailabilityError, BodyTooLargeError, UnauthorizedError, UploadTooSlowError
from service.metrics import METHODS
from service.protocols import refusals
from service.protocols.refusals import refusal
from service.schemas import Problem
from service.telemetry import PROBLEM

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[dict[type[DigitsError], HTTPStatus]] = {
    shared.UnreadableImageError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    shared.ImageTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    shared.BlankImageError: HTTPStatus.UNPROCESSABLE_ENTITY,
    shared.TooManySymbolsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    shared.ModelNotFoundError: HTTPStatus.NOT_FOUND,
    shared.ModelCorruptError: HTTPStatus.SERVICE_UNAVAILABLE,
    shared.ContractMismatchError: HTTPStatus.SERVICE_UNAVAILABLE,
    own.MissingImageError: HTTPStatus.BAD_REQUEST,
    own.MalformedRequestError: HTTPStatus.BAD_REQUEST,
    own.UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    own.ProtocolError: HTTPStatus.BAD_REQUEST,
    own.UnknownServableError: HTTPStatus.NOT_FOUND,
    own.SeveralDigitsError: HTTPStatus.UNPROCESSABLE_ENTITY,
    own.VersionNotServedError: HTTPStatus.NOT_FOUND,
    own.LayersUnavailableError: HTTPStatus.NOT_FOUND,
    own.BodyTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    own.UploadTooSlowError: HTTPStatus.REQUEST_TIMEOUT,
    own.InvalidCorrectionError: HTTPStatus.UNPROCESSABLE_ENTITY,
    own.CorrectionNotFoundError: HTTPStatus.NOT_FOUND,
    own.CorrectionsOffError: HTTPStatus.NOT_FOUND,
    own.CorrectionsFullError: HTTPStatus.INSUFFICIENT_STORAGE,
    own.HeadTooLargeError: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    own.HeadTooSlowError: HTTPStatus.REQUEST_TIMEOUT,
    own.RateLimitedError: HTTPStatus.TOO_MANY_REQUESTS,
    own.ReloadRefusedError: HTTPStatus.CONFLICT,
    own.UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    own.AdminDisabledError: HTTPStatus.FORBIDDEN,
    own.NotReadyError: HTTPStatus.SERVICE_UNAVAILABLE,
    own.OverloadedError: HTTPStatus.SERVICE_UNAVAILABLE,
    own.DeadlineExceededError: HTTPStatus.GATEWAY_TIMEOUT,
    own.CorrectionsUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    own.EngineUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""Every error that can reach a client, and no HTTP anywhere below this module."""


IMAGE_ERRORS: Final[tuple[type[DigitsError], ...]] = (
    own.MissingImageError,
    own.MalformedRequestError,
    own.UnauthorizedError,
    own.VersionNotServedError,
    own.UploadTooSlowError,
    own.BodyTooLargeError,
    shared.ImageTooLargeError,
    own.UnsupportedMediaTypeError,
    shared.UnreadableImageError,
    shared.BlankImageError,
    own.NotReadyError,
    own.RateLimitedError,
    own.OverloadedError,
    own.DeadlineExceededError,
)
"""What every route that reads a picture may answer."""


@dataclass(frozen=True, slots=True)
class ProblemType:
    """One kind of problem, as `/problems/<code>` explains it."""

    code: str
    title: str
    status: HTTPStatus
    explanation: str


def _type_of(error: type[DigitsError]) -> ProblemType:
    return ProblemType(error.code, error.title, STATUSES[error], (error.__doc__ or "").strip())


NOT_FOUND: Final = ProblemType(
    "not-found", "There is nothing at this path.", HTTPStatus.NOT_FOUND, "See /docs for the paths there are."
)
METHOD_NOT_ALLOWED: Final = ProblemType(
    "method-not-allowed",
    "The path does not take this method.",
    HTTPStatus.METHOD_NOT_ALLOWED,
    "The header Allow names the methods it takes.",
)
INVALID_REQUEST: Final = ProblemType(
    "invalid-request",
    "A parameter is not valid.",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The detail names each parameter and what it takes.",
)
INTERNAL_ERROR: Final = ProblemType(
    "internal-error",
    "The service has a bug.",
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "The log has the details under the request id of the header X-Request-ID.",
)

PROBLEM_TYPES: Final = {
    kind.code: kind
    for kind in (
        *(_type_of(error) for error in STATUSES),
        NOT_FOUND,
        METHOD_NOT_ALLOWED,
        INVALID_REQUEST,
        INTERNAL_ERROR,
    )
}


def install(app: FastAPI) -> None:
    """Answer every error of the application with a problem document."""
    app.add_exception_handler(DigitsError, _on_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)


def documented(*problems: type[DigitsError] | ProblemType) -> dict[int | str, dict[str, Any]]:
    """These problems as `responses=` of a route: grouped by status, one example each."""
    responses: dict[int | str, dict[str, Any]] = {}
    for problem in problems:
        kind = problem if isinstance(problem, ProblemType) else _type_of(problem)
        response = responses.setdefault(
            int(kind.status),
            {"description": kind.status.phrase, "content": {MEDIA_TYPE: {"schema": _SCHEMA, "examples": {}}}},
        )
        example = _body(kind, kind.explanation).model_dump()
        response["content"][MEDIA_TYPE]["examples"][kind.code] = {"summary": kind.title, "value": example}
    return responses


_SCHEMA: Final = {"$ref": "#/components/schemas/Problem"}


async def bug_response(scope: Scope, receive: Receive, send: Send) -> None:
    """An ASGI application that admits a bug and tells nothing of it."""
    await _response(INTERNAL_ERROR, INTERNAL_ERROR.explanation, scope=scope)(scope, receive, send)


def _on_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, DigitsError):
        raise error
    return response_to(error, request.scope)


def response_to(error: DigitsError, scope: Scope | None = None) -> Response:
    """The answer that tells a client of this error, in the words of its path; None is of no path."""
    kind = _type_of(type(error))
    headers: dict[str, str] = {}
    if isinstance(error, AvailabilityError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, BodyTooLargeError | UploadTooSlowError):
        headers["Connection"] = "close"  # the rest of the body is not worth reading
    return _response(kind, str(error), headers, scope)


def _on_http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.NOT_FOUND:
        return _response(
            NOT_FOUND, f"There is nothing at {request.url.path}. See /docs.", headers, request.scope
        )
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        if "Allow" in headers:
            headers["Allow"] = ", ".join(_methods(request))
        allowed = headers.get("Allow", "other methods")
        detail = f"{request.url.path} takes {allowed}, not {request.method}."
        return _response(METHOD_NOT_ALLOWED, detail, headers, request.scope)
    status = HTTPStatus(error.status_code)
    kind = ProblemType(INVALID_REQUEST.code, status.phrase, status, status.description)
    return _response(kind, str(error.detail), headers, request.scope)


def _methods(request: Request) -> list[str]:
    """All that the path takes: the router names only those of the first function that it found there."""
    routes: list[BaseRoute] = request.app.router.routes
    return [
        method
        for method in sorted(METHODS)
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


def _on_invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    complaints = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
    return _response(INVALID_REQUEST, "; ".join(complaints), scope=request.scope)


def _body(kind: ProblemType, detail: str) -> Problem:
    return Problem(
        type=f"/problems/{kind.code}", title=kind.title, status=kind.status, detail=detail, code=kind.code
    )


def _response(
    kind: ProblemType, detail: str, headers: dict[str, str] | None = None, scope: Scope | None = None
) -> Response:
    if scope:
        scope[PROBLEM] = kind.code
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        said = refusal(scope["method"], path, status=kind.status, code=kind.code, detail=detail)
        if said:
            if said.status != HTTPStatus.METHOD_NOT_ALLOWED and headers:
                headers.pop("Allow", None)  # no method at all would do
            return Response(said.body, said.status, headers, media_type=refusals.MEDIA_TYPE)
    content = _body(kind, detail).model_dump_json()
    return Response(content, kind.status, headers, media_type=MEDIA_TYPE)
