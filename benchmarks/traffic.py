"""Good and bad traffic: what clients send, and what each must be answered."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from canvas import drawn, drawn_png, encoded
from load import get, post

_FORM: Final = "multipart/form-data; boundary=b"

_TOO_LONG: Final = (
    b"POST /predict HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n"
)


@dataclass(frozen=True)
class Kind:
    """One kind of request.

    Attributes:
        share: How often it is sent, beside the others.
        statuses: The answers that are right.
    """

    name: str
    request: bytes
    share: float
    statuses: frozenset[int]


def kinds() -> list[Kind]:
    """All kinds, about two thirds of them good."""
    seven = drawn(280)
    page = np.hstack([drawn(200)] * 3)
    noise = np.random.default_rng(0).integers(0, 60, (1500, 2000, 3), np.uint8)
    photo = encoded(np.clip(cv2.resize(seven, (2000, 1500)) - noise, 0, 255).astype(np.uint8), ".jpg")
    png = drawn_png(280)
    ihdr = png[12:16] + (60_000).to_bytes(4, "big") * 2 + png[24:29]
    bomb = png[:12] + ihdr + zlib.crc32(ihdr).to_bytes(4, "big") + png[33:]
    good = [
        ("canvas", post("/predict", png), 20),
        ("thumbnail", post("/predict", drawn_png(28)), 10),
        ("form", post("/predict", _form(png), _FORM), 10),
        ("jpeg", post("/predict", encoded(seven, ".jpg"), "image/jpeg"), 5),
        ("webp", post("/predict", encoded(seven, ".webp"), "image/webp"), 2),
        ("photo of 3 megapixels", post("/predict", photo, "image/jpeg"), 0.5),
        ("explained", post("/predict?explain=true", png), 1),
        ("read", post("/read", encoded(page, ".png")), 5),
        ("health", get("/health"), 5),
        ("metrics", get("/metrics"), 1),
        ("model", get("/model"), 1),
        ("docs", get("/docs"), 0.2),
    ]
    bad = [
        ("no picture", post("/predict", b"%PDF-1.7 no picture"), 3, 415),
        ("cut short", post("/predict", png[: len(png) // 2]), 3, 415),
        ("blank", post("/predict", encoded(np.full((64, 64, 3), 255, np.uint8), ".png")), 3, 422),
        ("several digits", post("/predict", encoded(page, ".png")), 2, 422),
        ("nothing", post("/predict", b""), 2, 400),
        ("form without a picture", post("/predict", _form(png, name="other"), _FORM), 2, 400),
        ("form of many parts", post("/predict", _form(b"1", parts=50), _FORM), 1, 400),
        ("too many pixels", post("/predict", bomb), 2, 413),
        ("too many bytes", _TOO_LONG, 1, 413),
        ("text", post("/predict", b"{}", "application/json"), 1, 415),
        ("no such path", get("/../../etc/passwd"), 1, 404),
        ("wrong method", get("/predict"), 1, 405),
        ("stranger at admin", post("/admin/reload", b""), 1, 403),
        ("head too large", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n", 1, 431),
        ("no HTTP", b"\x16\x03\x01 this is TLS, or so\r\n\r\n", 1, 400),
    ]
    return [
        *(Kind(name, request, share, frozenset({200})) for name, request, share in good),
        *(Kind(name, request, share, frozenset({status})) for name, request, share, status in bad),
    ]


def _form(picture: bytes, *, name: str = "image", parts: int = 1) -> bytes:
    head = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="x"\r\n\r\n'.encode()
    return (head + picture + b"\r\n") * parts + b"--b--\r\n"


Abuse = Callable[[str, int], Awaitable[None]]


async def drip_a_head(host: str, port: int) -> None:
    """A header a second, without end."""
    async with _Connection(host, port) as connection:
        connection.write(b"GET /health HTTP/1.1\r\n")
        while not connection.is_closing():
            connection.write(b"A: b\r\n")
            await asyncio.sleep(1)


async def drip_a_body(host: str, port: int) -> None:
    """A byte a second, for half a minute; then the client leaves."""
    async with _Connection(host, port) as connection:
        connection.write(post("/predict", bytes(1000))[:-1000])
        for _ in range(30):
            connection.write(b"1")
            await asyncio.sleep(1)


async def close_one_side(host: str, port: int) -> None:
    """Half a request, and the end of what this side says; then nothing for ten seconds."""
    async with _Connection(host, port) as connection:
        connection.write(post("/predict", drawn_png(280))[:300])
        connection.write_eof()
        await asyncio.sleep(10)


async def leave_at_once(host: str, port: int) -> None:
    """A whole request, whose answer nobody waits for."""
    async with _Connection(host, port) as connection:
        connection.write(post("/predict", drawn_png(280)))


async def lie_idle(host: str, port: int) -> None:
    """Twenty connections that say nothing, until they are closed."""
    async with asyncio.TaskGroup() as tasks:
        for _ in range(20):
            tasks.create_task(_say_nothing(host, port))


async def _say_nothing(host: str, port: int) -> None:
    async with _Connection(host, port) as connection:
        while not connection.is_closing():  # noqa: ASYNC110 - whether the server closed it
            await asyncio.sleep(1)


ABUSES: Final[tuple[Abuse, ...]] = (drip_a_head, drip_a_body, close_one_side, leave_at_once, lie_idle)


class _Connection:
    """A raw connection that ends with the block, whatever the other side did."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)

    async def __aenter__(self) -> asyncio.WriteTransport:
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, *self._address)
        self._transport = transport
        return transport

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        with suppress(OSError, RuntimeError):
            self._transport.abort()
        return kind is not None and issubclass(kind, OSError | RuntimeError)
