"""From the bytes of a picture to the digit, or the digits, on it."""

from dataclasses import dataclass

import anyio
import anyio.to_thread
import numpy as np

from digits.contract import DigitImage
from digits.imaging import read_digit, read_page
from digits.store import StoredModel
from service.inference.batcher import Batcher
from service.inference.engine import Answers, Engine
from service.inference.reader import ReadDigit, read_digits


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the model says of one picture.

    Attributes:
        probabilities: One for each class, summing to 1.
        digit_score: How much the picture looks like a digit at all, 0-1.
    """

    digit: int
    probabilities: tuple[float, ...]
    digit_score: float

    @property
    def confidence(self) -> float:
        """Probability of `digit`, 0-1."""
        return self.probabilities[self.digit]

    @classmethod
    def of(cls, answers: Answers) -> "Recognition":
        """Read the engine's answer for one image."""
        exact = answers.probabilities[0].astype(np.float64)
        probabilities = (exact / exact.sum()).tolist()
        return cls(int(exact.argmax()), tuple(probabilities), float(answers.digit_scores[0]))


class Recognizer:
    """One model, open in one engine, with the threads that prepare pictures for it."""

    def __init__(self, model: StoredModel, engine: Engine, *, threads: int, max_image_pixels: int) -> None:
        self.model = model
        self.engine = engine
        self._max_image_pixels = max_image_pixels
        self._threads = anyio.CapacityLimiter(threads)
        self._batcher = Batcher(engine) if engine.batches else None

    async def recognize(self, picture: bytes) -> Recognition:
        """Read the digit on an encoded picture.

        Raises:
            ImageError: The picture is unreadable, too large or blank.
        """
        if self._batcher is None:
            return await anyio.to_thread.run_sync(self._recognize, picture, limiter=self._threads)
        image = await anyio.to_thread.run_sync(self._prepare, picture, limiter=self._threads)
        return Recognition.of(await self._batcher.predict(image))

    async def read(self, picture: bytes, *, min_digit_score: float) -> list[ReadDigit]:
        """Read all digits on an encoded picture, in reading order.

        What may be a digit goes to the engine in one call of its own, whichever engine it is.

        Raises:
            ImageError: The picture is unreadable, too large, blank or full of things.
        """
        return await anyio.to_thread.run_sync(self._read, picture, min_digit_score, limiter=self._threads)

    def _prepare(self, picture: bytes) -> DigitImage:
        return read_digit(picture, max_pixels=self._max_image_pixels)

    def _recognize(self, picture: bytes) -> Recognition:
        return Recognition.of(self.engine.predict(self._prepare(picture)[None]))

    def _read(self, picture: bytes, min_digit_score: float) -> list[ReadDigit]:
        page = read_page(picture, max_pixels=self._max_image_pixels)
        return read_digits(page, self.engine, min_digit_score=min_digit_score)
