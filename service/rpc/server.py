"""The gRPC server: its port, its limits, from its start to the last answer."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import grpc
from grpc_reflection.v1alpha import reflection

from service.rpc.arrivals import Arrivals
from service.rpc.calls import Calls
from service.rpc.methods import SERVICE, InferenceService
from service.rpc.serving import Serving
from service.rpc.standard import HEALTH, Health, reflection_handlers
from service.settings import Settings

_CONNECTION_AGE_S: Final = 600
"""How long a connection lives. Then its client opens another, perhaps to another worker, and what lay still
on the old one is over."""

_MORE_STREAMS: Final = 100
"""Calls that one connection may make beyond what is let in, to be refused: those beyond these wait unseen."""

log = logging.getLogger("digits.serve")


@asynccontextmanager
async def grpc_server(serving: Serving) -> AsyncIterator[None]:
    """Serve until the end, then finish what was accepted.

    Raises:
        OSError: The port is taken.
    """
    settings = serving.settings
    arrivals = Arrivals(settings, serving.held)
    calls = Calls(serving, arrivals)
    health = Health(serving.lineup.primary, (SERVICE,), arrivals)
    methods = InferenceService(serving).methods(calls)
    server = grpc.aio.server(options=options(settings))
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(
                SERVICE,
                {name: calls.handler(f"/{SERVICE}/{name}", method) for name, method in methods.items()},
            ),
            grpc.method_handlers_generic_handler(HEALTH, health.handlers()),
            grpc.method_handlers_generic_handler(
                reflection.SERVICE_NAME, reflection_handlers((SERVICE, HEALTH), arrivals)
            ),
        )
    )
    address = _address(settings)
    try:
        server.add_insecure_port(address)
    except RuntimeError:
        raise OSError(f"gRPC cannot listen on {address}: the port is taken or the host unknown") from None
    await server.start()
    log.info("gRPC on %s", address)
    try:
        yield
    finally:
        health.stop()
        await server.stop(settings.shutdown_grace_s)


def options(settings: Settings) -> list[tuple[str, int]]:
    """The bounds of HTTP, in gRPC's words: github.com/grpc/grpc, include/grpc/impl/channel_arg_names.h."""
    idle_ms = settings.idle_timeout_s * 1000
    head_ms = int(settings.head_timeout_s * 1000)
    return [
        ("grpc.so_reuseport", int(settings.workers > 1)),  # else two services could share a port unawares
        ("grpc.max_receive_message_length", settings.max_upload_bytes),
        ("grpc.max_send_message_length", -1),  # an answer is smaller than its question
        ("grpc.max_metadata_size", settings.max_head_bytes),
        ("grpc.max_concurrent_streams", settings.max_pending + _MORE_STREAMS),
        ("grpc.max_allowed_incoming_connections", settings.max_connections),
        ("grpc.server_handshake_timeout_ms", head_ms),
        ("grpc.max_connection_idle_ms", idle_ms),
        ("grpc.max_connection_age_ms", _CONNECTION_AGE_S * 1000),
        ("grpc.max_connection_age_grace_ms", int((settings.upload_timeout_s + settings.deadline_s) * 1000)),
        ("grpc.keepalive_time_ms", idle_ms),
        ("grpc.keepalive_timeout_ms", head_ms),
    ]


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.grpc_port}"
