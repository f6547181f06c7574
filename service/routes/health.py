"""`GET /health` and its two probes, and `GET /metrics`."""

import time
from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from service.about import VERSION
from service.dependencies import MetricsDep, SlotDep
from service.errors import NotReadyError
from service.schemas import Health, ModelReference, Probe

router = APIRouter(tags=["operation"])


@router.head("/health", include_in_schema=False)  # monitors ask for no more
@router.get(
    "/health",
    operation_id="health",
    responses={
        503: {"model": Health, "description": "The model is loading, could not be loaded, or was unloaded."}
    },
)
async def health(slot: SlotDep, request: Request, response: Response) -> Health:
    """One summary: whether the service answers predictions, with which model, since when."""
    if not slot.ready:
        _come_again(response)
    return Health(
        status=slot.status,
        service_version=VERSION,
        uptime_s=round(time.monotonic() - request.app.state.started_s, 3),
        model=ModelReference.of(slot.recognizer) if slot.ready else None,
    )


def _come_again(response: Response) -> None:
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    response.headers["Retry-After"] = str(NotReadyError.retry_after_s)


@router.head("/health/live", include_in_schema=False)
@router.get("/health/live", operation_id="live")
async def live() -> Probe:
    """Whether the process answers at all; restart it when not."""
    return Probe(ok=True)


@router.head("/health/ready", include_in_schema=False)  # monitors ask for no more
@router.get(
    "/health/ready",
    operation_id="ready",
    responses={503: {"model": Probe, "description": "Send no traffic yet."}},
)
async def ready(slot: SlotDep, response: Response) -> Probe:
    """Whether predictions are answered; send traffic only then."""
    if not slot.ready:
        _come_again(response)
    return Probe(ok=slot.ready)


@router.get(
    "/metrics",
    operation_id="metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(metrics: MetricsDep) -> Response:
    """Counts and times in Prometheus' text format, over all of the service's processes."""
    return Response(metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")
