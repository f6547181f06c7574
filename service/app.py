"""The web application, put together from what it is given."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import anyio
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline

from service import problems, security
from service.about import VERSION
from service.access import KeyRing, RateLimit
from service.admission import Admission, HeldBytes
from service.answering import Answering
from service.corrections.keeper import Keeper
from service.door import DOOR, Door
from service.express import Express
from service.inference.lineup import Lineup
from service.inference.recognizer import Recognizer
from service.inference.shares import Share
from service.inference.slot import ModelSlot
from service.limits import BodyLimitMiddleware
from service.metrics import Metrics
from service.openapi import complete_document
from service.reloading import Reloader
from service.routes import (
    admin,
    corrections,
    health,
    layers,
    models,
    open_inference,
    page,
    predictions,
    problem_types,
    readings,
    tensorflow_serving,
)
from service.security import SecurityHeadersMiddleware
from service.settings import Settings
from service.shadowing import Shadow
from service.telemetry import Journal, TelemetryMiddleware
from service.tracing import Tracing

if TYPE_CHECKING:  # not loaded where nobody keeps corrections
    from digits.corrections.store import CorrectionStore

_RESOURCES: Final = (
    *(predictions, readings, layers, models, health, problem_types, admin),
    *(open_inference, tensorflow_serving, page),
)


def create_app(
    settings: Settings,
    *,
    load: Callable[[Settings], Recognizer],
    tracing: Tracing | None = None,
    corrections_in: "CorrectionStore | None" = None,
) -> FastAPI:
    """Build the application; nothing is loaded until it starts.

    Args:
        settings: Limits and thresholds.
        load: Opens the version that settings name as `model_version`. Called in a thread for each version
            that serves: at start, while a lone worker answers 503 and one of several takes no connection,
            and for each reload, beside the old model.
        tracing: Traces requests, and is closed when the application ends.
        corrections_in: Keeps corrections, and is closed then too; without it the service takes none.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
        app.state.started_s = time.monotonic()
        async with anyio.create_task_group() as tasks:
            reloader: Reloader = app.state.reloader
            tasks.start_soon(reloader.reload_on_hangup)
            if settings.workers > 1:  # its siblings answer meanwhile; what it took now, it could only refuse
                await reloader.start()
            else:
                tasks.start_soon(reloader.start)
            if settings.store_poll_s and (settings.model_version == "latest" or settings.beside):
                tasks.start_soon(reloader.watch)
            if settings.shadow_share:
                tasks.start_soon(app.state.shadow.work)
            door = _open_door(app, tracing)
            tasks.start_soon(door.look_after)
            async with AsyncExitStack() as beside:
                if settings.grpc_port:
                    await _serve_grpc(app, tracing, beside)
                if app.state.corrections:
                    tasks.start_soon(app.state.corrections.look_after)
                yield {DOOR: door}
            tasks.cancel_scope.cancel()
        if tracing:
            await anyio.to_thread.run_sync(tracing.close)
        if corrections_in:
            await anyio.to_thread.run_sync(corrections_in.close)

    app: FastAPI = FastAPIOffline(
        redoc_url=None,
        static_url="/docs/static",
        title="Digits",
        summary="Reads handwritten digits from the pictures people really upload.",
        version=VERSION,
        license_info={"name": "MIT", "identifier": "MIT"},
        root_path=settings.root_path,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.slot = ModelSlot()
    app.state.lineup = Lineup(
        app.state.slot,
        settings.beside,
        canary=Share("canary", settings.canary_version, settings.canary_share),
        shadow=Share("shadow", settings.shadow_version, settings.shadow_share),
    )
    app.state.metrics = Metrics()
    app.state.metrics.expect_problems(problems.PROBLEM_TYPES)
    app.state.admission = Admission(
        settings.max_pending,
        at_once=settings.threads,
        deadline_s=settings.deadline_s,
        short_limit=settings.threads * settings.max_pending_overloaded,
        tell=app.state.metrics.pending,
    )
    app.state.held = HeldBytes(settings.max_pending_bytes)
    app.state.shadow = Shadow(
        app.state.lineup, busy=lambda: app.state.admission.busy, metrics=app.state.metrics
    )
    app.state.admin_keys = KeyRing([settings.admin_key_sha256])
    app.state.api_keys = KeyRing(settings.api_keys_sha256.split(","))
    app.state.rate_limit = RateLimit(settings.key_rate_per_s)
    app.state.reloader = Reloader(settings, lineup=app.state.lineup, load=load, metrics=app.state.metrics)
    app.state.corrections = Keeper(settings, corrections_in) if corrections_in else None
    for resource in _RESOURCES:
        app.include_router(resource.router)
    app.include_router(corrections.router if corrections_in else corrections.off)
    problems.install(app)
    app.add_middleware(
        BodyLimitMiddleware,
        limit_bytes=settings.max_upload_bytes,
        held=app.state.held,
        timeout_s=settings.upload_timeout_s,
    )
    app.add_middleware(
        TelemetryMiddleware, metrics=app.state.metrics, on_bug=problems.bug_response, tracing=tracing
    )
    pages = dict.fromkeys(page.PAGES, security.PAGE)
    app.add_middleware(SecurityHeadersMiddleware, policies={**pages, "/docs": security.DOCS})
    complete_document(app)
    return app


def _open_door(app: FastAPI, tracing: Tracing | None) -> Door:
    """What all connections share."""
    state = app.state
    settings: Settings = state.settings
    routes = [
        route.path
        for resource in (predictions, readings, layers)
        for route in resource.router.routes
        if isinstance(route, APIRoute)
    ]
    express = None
    if not (tracing or state.api_keys):  # which take a request's headers, in ways that FastAPI knows
        express = Express(
            state.lineup,
            Answering(metrics=state.metrics, shadow=state.shadow, settings=settings),
            Journal(state.metrics, None),
            root_path=settings.root_path,
            max_bytes=settings.max_upload_bytes,
            deadline_s=settings.deadline_s,
        )
    slot: ModelSlot = state.slot
    return Door(
        settings,
        admission=state.admission,
        metrics=state.metrics,
        routes=routes,
        express=express,
        batches=lambda: slot.ready and slot.recognizer.engine.batches,
    )


async def _serve_grpc(app: FastAPI, tracing: Tracing | None, beside: AsyncExitStack) -> None:
    """Serve gRPC in the same event loop, to the end; only who asks for it has its libraries imported."""
    from service.rpc.server import grpc_server
    from service.rpc.serving import Serving

    state = app.state
    serving = Serving(
        settings=state.settings,
        lineup=state.lineup,
        admission=state.admission,
        held=state.held,
        metrics=state.metrics,
        reloader=state.reloader,
        api_keys=state.api_keys,
        admin_keys=state.admin_keys,
        rate_limit=state.rate_limit,
        tracing=tracing,
    )
    await beside.enter_async_context(grpc_server(serving))
