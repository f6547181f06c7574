"""What the routes of both inference protocols have in common."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeAlias, TypeVar

from fastapi import Depends, Path, Request

from service.dependencies import LineupDep, MetricsDep, SettingsDep, serve
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.inference.stopwatch import Stopwatch
from service.protocols.compression import inflate
from service.protocols.servable import find
from service.telemetry import WATCH

T = TypeVar("T")

Work: TypeAlias = Callable[[Recognizer, bytes], tuple[Answers, T]]
"""From a request's body to the model's answers, and what is made of them."""

ModelName: TypeAlias = Annotated[str, Path(description="Name of the model.", examples=["digits"])]


async def _servable(lineup: LineupDep, name: ModelName) -> Recognizer:
    return find(lineup, name, None)


ServableDep: TypeAlias = Annotated[Recognizer, Depends(_servable)]
"""The model that the path names. Raises what `find` does."""


class Inference:
    """Answers one request in a thread, from its compressed body to the body of the answer."""

    def __init__(
        self,
        request: Request,
        lineup: LineupDep,
        settings: SettingsDep,
        metrics: MetricsDep,
    ) -> None:
        self._request = request
        self._lineup = lineup
        self._limit_bytes = settings.max_upload_bytes
        self._metrics = metrics

    async def __call__(self, recognizer: Recognizer, work: Work[T]) -> T:
        """Do the work, admitted and counted as any other request's is.

        Args:
            recognizer: What the path names. Where it names no version, the canary has its share.
            work: Given the body as it was before compression.
        """
        body = await self._request.body()
        encoding = self._request.headers.get("content-encoding", "")
        if "version" not in self._request.path_params:
            recognizer = self._lineup.choose(body)

        def inflate_and_work() -> tuple[Answers, T]:
            return work(recognizer, inflate(body, encoding, limit_bytes=self._limit_bytes))

        watch = self._request.scope[WATCH] = Stopwatch()
        answers, made = await serve(self._request, lambda: recognizer.in_turn(inflate_and_work, watch))
        self._metrics.gave(answers, recognizer.model.version)
        return made


InferenceDep: TypeAlias = Annotated[Inference, Depends()]


def errors(schema: type, *statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    """Statuses as `responses=` of a route, all with one schema."""
    return {int(status): {"model": schema, "description": status.phrase} for status in statuses}


INFERENCE_STATUSES: Final = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
"""What inference may be refused with, in either protocol."""
