"""The client for asyncio."""

import asyncio
from collections.abc import Iterable
from types import TracebackType
from typing import TypeVar

import httpx

from digits.client import calls
from digits.client.answers import Classification, Prediction, Reading
from digits.client.calls import Call, Picture
from digits.client.carrying import Attempts, authorization
from digits.client.errors import ClientError
from digits.client.retries import Retries
from digits.contract import DigitImages

T = TypeVar("T")


class AsyncClient:
    """Asks one service. May be used by several tasks; close it, or use it in an `async with`."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = 30,
        retries: Retries | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Connect at the first request.

        Args:
            url: Where the service is, such as `http://127.0.0.1:8000`.
            key: The API key, if the service asks for one.
            timeout_s: Seconds that each attempt may wait for the network, step by step.
            retries: How patiently a request is sent again that the service cannot answer now.
            transport: What carries requests instead of the network.
        """
        self._retries = retries or Retries()
        self._http = httpx.AsyncClient(
            base_url=url, headers=authorization(key), timeout=timeout_s, transport=transport
        )

    async def predict(self, picture: Picture) -> Prediction:
        """Read the digit on a picture.

        Raises:
            ClientError: See `digits.client`.
        """
        return await self._ask(calls.predict(picture))

    async def predict_many(
        self, pictures: Iterable[Picture], *, at_once: int = 8
    ) -> list[Prediction | ClientError]:
        """Read the digit on each of many pictures, several at a time; an error stands for what failed."""
        room = asyncio.Semaphore(at_once)

        async def ask(picture: Picture) -> Prediction | ClientError:
            async with room:
                try:
                    return await self.predict(picture)
                except ClientError as error:
                    return error

        return list(await asyncio.gather(*map(ask, pictures)))

    async def read(self, picture: Picture) -> Reading:
        """Read all digits on a picture.

        Raises:
            ClientError: See `digits.client`.
        """
        return await self._ask(calls.read(picture))

    async def classify(self, images: DigitImages, *, version: int | None = None) -> Classification:
        """Ask the model of digit images, uint8 (n, 28, 28), 0 = paper: many in a request, unframed.

        Raises:
            ClientError: See `digits.client`.
            ValueError: They are no digit images.
        """
        return Classification.concatenate([await self._ask(call) for call in calls.classify(images, version)])

    async def close(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(self, call: Call[T]) -> T:
        attempts = Attempts(call, self._retries)
        while True:
            with attempts.attempt():
                attempts.answered(await self._http.post(call.path, content=call.body, headers=call.headers))
            wait_s = attempts.wait_s()
            if wait_s is None:
                return attempts.result()
            await asyncio.sleep(wait_s)
