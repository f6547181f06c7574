"""From errors to gRPC: the one table of codes, and what a refused call is told."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from grpc import StatusCode

from digits.errors import DigitsError
from service.errors import AvailabilityError
from service.problems import INTERNAL_ERROR, PROBLEM_TYPES, ProblemType

CODES: Final = {
    HTTPStatus.BAD_REQUEST: StatusCode.INVALID_ARGUMENT,
    HTTPStatus.UNAUTHORIZED: StatusCode.UNAUTHENTICATED,
    HTTPStatus.FORBIDDEN: StatusCode.PERMISSION_DENIED,
    HTTPStatus.NOT_FOUND: StatusCode.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT: StatusCode.DEADLINE_EXCEEDED,
    HTTPStatus.CONFLICT: StatusCode.FAILED_PRECONDITION,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: StatusCode.RESOURCE_EXHAUSTED,  # as gRPC says of too long a message
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: StatusCode.INVALID_ARGUMENT,
    HTTPStatus.UNPROCESSABLE_ENTITY: StatusCode.INVALID_ARGUMENT,
    HTTPStatus.TOO_MANY_REQUESTS: StatusCode.RESOURCE_EXHAUSTED,
    HTTPStatus.INTERNAL_SERVER_ERROR: StatusCode.INTERNAL,
    HTTPStatus.SERVICE_UNAVAILABLE: StatusCode.UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT: StatusCode.DEADLINE_EXCEEDED,
    HTTPStatus.INSUFFICIENT_STORAGE: StatusCode.RESOURCE_EXHAUSTED,
}
"""By the status that the table in `problems` gives an error: it is said once which error is which."""

_PUSHBACK: Final = "grpc-retry-pushback-ms"
"""Tells a client that retries when to (gRFC A6)."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call was not answered.

    Attributes:
        retry_after_s: When the same call may work; None if it never will.
    """

    problem: ProblemType
    detail: str
    retry_after_s: int | None = None

    @property
    def code(self) -> StatusCode:
        """What gRPC calls it."""
        return CODES[self.problem.status]

    def metadata(self) -> tuple[tuple[str, str], ...]:
        """What goes with it."""
        said = (("digits-problem", self.problem.code),)
        if self.retry_after_s is None:
            return said
        return (*said, (_PUSHBACK, str(self.retry_after_s * 1000)))


BUG: Final = Failure(INTERNAL_ERROR, INTERNAL_ERROR.explanation.replace("header X-Request-ID", "metadata"))


def failure_of(error: DigitsError) -> Failure:
    """Say an error as gRPC does."""
    retry_after_s = error.retry_after_s if isinstance(error, AvailabilityError) else None
    return Failure(PROBLEM_TYPES[error.code], str(error), retry_after_s)
