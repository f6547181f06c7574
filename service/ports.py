"""Whether gRPC can be served here, found out before anything is started."""

import socket
import sys
from importlib.util import find_spec

from digits.errors import to_install
from service.settings import Settings


def grpc_trouble(settings: Settings) -> str | None:
    """What keeps the service from the port that it was given for gRPC; None if nothing does."""
    if find_spec("grpc_reflection") is None:
        return f"gRPC is not installed; {to_install('grpc')}"
    if settings.grpc_port == settings.port:
        return f"port {settings.port} is HTTP's (--port); gRPC needs one of its own"
    if settings.workers > 1 and sys.platform != "linux":
        return "several workers can share a port of gRPC on Linux alone; use --workers 1"
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.grpc_port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # Workers share the port, so that none of them would find out that another service has it too.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        return f"nothing can listen on port {settings.grpc_port} of {settings.host}: {error.strerror}"
    return None
