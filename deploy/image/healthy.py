"""The image's HEALTHCHECK, status 0 if predictions are answered; it runs often, so it imports little."""

import os
import socket
import sys

with socket.create_connection(
    ("127.0.0.1", int(os.environ.get("DIGITS_PORT", "8000"))), timeout=2
) as service:
    service.sendall(b"HEAD /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    sys.exit(b" 200 " not in service.recv(64))
