"""Ask a running Digits service, from a program: needs the extra `client` (httpx).

    from digits.client import Client

    with Client("http://127.0.0.1:8000") as digits:
        print(digits.predict("seven.png").digit)

`AsyncClient` is the same for asyncio. Every failure is a `ClientError`:

    ClientError
    ├── RefusedError        the service refused: `status`, `code` and `detail` say why
    ├── UnreachableError    no answer came, or not in time
    └── AnswerError         an answer came that is not the service's
"""

from digits.client.aio import AsyncClient
from digits.client.answers import Box, Classification, DigitOnPage, Model, Prediction, Reading
from digits.client.errors import AnswerError, ClientError, RefusedError, UnreachableError
from digits.client.retries import Retries
from digits.client.sync import Client

__all__ = [
    "AnswerError",
    "AsyncClient",
    "Box",
    "Classification",
    "Client",
    "ClientError",
    "DigitOnPage",
    "Model",
    "Prediction",
    "Reading",
    "RefusedError",
    "Retries",
    "UnreachableError",
]
