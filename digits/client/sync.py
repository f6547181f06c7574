"""The client for programs that wait."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
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


class Client:
    """Asks one service. May be used from several threads; close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        *,
        key: str | None = None,
        timeout_s: float = 30,
        retries: Retries | None = None,
        transport: httpx.BaseTransport | None = None,
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
        self._http = httpx.Client(
            base_url=url, headers=authorization(key), timeout=timeout_s, transport=transport
        )

    def predict(self, picture: Picture) -> Prediction:
        """Read the digit on a picture.

        Raises:
            ClientError: See `digits.client`.
        """
        return self._ask(calls.predict(picture))

    def predict_many(
        self, pictures: Iterable[Picture], *, at_once: int = 8
    ) -> list[Prediction | ClientError]:
        """Read the digit on each of many pictures, several at a time; an error stands for what failed."""

        def ask(picture: Picture) -> Prediction | ClientError:
            try:
                return self.predict(picture)
            except ClientError as error:
                return error

        with ThreadPoolExecutor(at_once) as threads:
            return list(threads.map(ask, pictures))

    def read(self, picture: Picture) -> Reading:
        """Read all digits on a picture.

        Raises:
            ClientError: See `digits.client`.
        """
        return self._ask(calls.read(picture))

    def classify(self, images: DigitImages, *, version: int | None = None) -> Classification:
        """Ask the model of digit images, uint8 (n, 28, 28), 0 = paper: many in a request, unframed.

        Raises:
            ClientError: See `digits.client`.
            ValueError: They are no digit images.
        """
        return Classification.concatenate([self._ask(call) for call in calls.classify(images, version)])

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, call: Call[T]) -> T:
        attempts = Attempts(call, self._retries)
        while True:
            with attempts.attempt():
                attempts.answered(self._http.post(call.path, content=call.body, headers=call.headers))
            wait_s = attempts.wait_s()
            if wait_s is None:
                return attempts.result()
            time.sleep(wait_s)
