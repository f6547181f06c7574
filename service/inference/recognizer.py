"""From the bytes of a picture to the digit, or the digits, on it."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar, TypeVarTuple, Unpack

import numpy as np

from digits.errors import ImageError, ImageTooLargeError
from digits.imaging import Company, FoundDigit, read_digit, read_page
from digits.store import StoredModel
from service.errors import SeveralDigitsError
from service.inference.batcher import Batcher
from service.inference.engine import Answers, Engine
from service.inference.explanation import Explanation, explain
from service.inference.inline import MAX_PIXELS, Inline, may_be_small
from service.inference.inside import Inside
from service.inference.reader import ReadDigit, prominent, read_digits
from service.inference.stopwatch import Stopwatch

T = TypeVar("T")
Given = TypeVarTuple("Given")


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the model says of one picture.

    Attributes:
        probabilities: One for each class, summing to 1.
        digit_score: How much the picture looks like a digit at all, 0-1.
        explanation: What the digit rests on, if it was asked for.
    """

    digit: int
    probabilities: tuple[float, ...]
    digit_score: float
    explanation: Explanation | None = None

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


_SURE: Final = 0.9
"""A digit less probable than this may be several; one that may have company …"""

_SURE_IN_COMPANY: Final = 0.99
"""… must be more probable than this to be taken for one."""


@dataclass(slots=True)
class Attempt:
    """What a recognizer made of a small picture at once; see `Recognizer.attempt`.

    Attributes:
        recognizer: The one.
        watch: What took the time of it.
        found: The digit; none if there is an error.
        recognition: What was read; none as long as it waits for a batch.
        is_sure: Whether that is the answer, with no second look.
        error: Why there is no answer.
        timeout: Of what waits for a batch.
    """

    recognizer: "Recognizer"
    watch: Stopwatch = field(default_factory=Stopwatch)
    found: FoundDigit | None = None
    recognition: Recognition | None = None
    is_sure: bool = False
    error: Exception | None = None
    timeout: asyncio.Timeout | None = None

    @property
    def waits(self) -> bool:
        """Whether it waits for a batch."""
        return self.recognition is None and self.error is None

    def raise_error(self) -> None:
        """Raise what there is to raise, once."""
        error, self.error = self.error, None
        try:
            if error:
                raise error
        finally:
            del error  # which has this frame now: both would wait for a collection

    def give_up(self) -> None:
        """Wait no longer: nobody does."""
        if self.timeout:
            self.timeout.reschedule(asyncio.get_running_loop().time())


class Recognizer:
    """One model, open in one engine, with the threads that prepare pictures for it."""

    def __init__(
        self,
        model: StoredModel,
        engine: Engine,
        *,
        threads: int,
        max_image_pixels: int,
        min_digit_score: float,
    ) -> None:
        self.model = model
        self.engine = engine
        self._max_image_pixels = max_image_pixels
        self._max_small_pixels = min(MAX_PIXELS, max_image_pixels)
        self._min_digit_score = min_digit_score
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="imaging")
        self.inside = Inside(model, max_image_pixels=max_image_pixels)
        self._inline = Inline() if engine.batches or engine.is_quick else None
        self._batcher = Batcher(engine) if engine.batches else None

    async def recognize(
        self,
        picture: bytes,
        *,
        explained: bool = False,
        watch: Stopwatch | None = None,
        attempt: Attempt | None = None,
    ) -> Recognition:
        """Read the digit on an encoded picture.

        Args:
            picture: A whole file.
            explained: Whether to find out what the answer rests on, which takes some milliseconds.
            watch: Takes the time of each stage.
            attempt: What `attempt` made of the picture already.

        Raises:
            ImageError: The picture is unreadable, too large or blank.
            SeveralDigitsError: It has more than one digit.
        """
        found: FoundDigit | None = None
        recognition: Recognition | None = None
        if attempt:
            attempt.raise_error()
            found, recognition = attempt.found, attempt.recognition
        watch = watch or Stopwatch()
        if found is None:
            found, recognition = await self._begin(picture, watch)
        if recognition is None:
            recognition = await self._in_batch(found, watch)
        if explained or self._may_be_several(recognition, found.company):
            return await self._in_thread(self._finish, picture, found, recognition, explained)
        return recognition

    def attempt(self, picture: bytes) -> Attempt | None:
        """Read the digit on a small picture here and now, or find it, where the engine takes batches.

        None where a thread is needed.
        """
        if self._inline is None or not may_be_small(picture):
            return None
        attempt = Attempt(self)
        try:
            if self._batcher:
                attempt.found = self._find(picture, self._max_small_pixels, attempt.watch)
            else:
                attempt.found, recognition = self._recognize(picture, self._max_small_pixels, attempt.watch)
                self._settle(attempt, recognition)
        except ImageTooLargeError:
            return None
        except ImageError as error:
            attempt.error = error.with_traceback(None)  # which would lead back here
        except Exception as error:  # noqa: BLE001 - who goes on raises it
            attempt.error = error
        return attempt

    async def go_on(self, attempt: Attempt, *, seconds: float) -> None:
        """Read in a batch the digit that an attempt found, within some seconds, unless `Attempt.give_up`."""
        assert attempt.found  # noqa: S101 - that of an attempt that waits
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds) as attempt.timeout:
                try:
                    self._settle(attempt, await self._in_batch(attempt.found, attempt.watch))
                except Exception as error:  # noqa: BLE001 - who goes on raises it
                    attempt.error = error
        attempt.timeout = None

    async def read(self, picture: bytes, *, watch: Stopwatch | None = None) -> list[ReadDigit]:
        """Read all digits on an encoded picture, in reading order.

        What may be a digit goes to the engine in one call of its own, whichever engine it is.

        Raises:
            ImageError: The picture is unreadable, too large, blank or full of things.
        """
        watch = watch or Stopwatch()
        watch.begin()
        return await self._in_thread(self._read, picture, watch)

    async def in_turn(self, work: Callable[[], T], watch: Stopwatch) -> T:
        """Do all the work of a request of many images, its parsing included, in a thread of ours."""

        def timed() -> T:
            watch.lap("waiting")
            try:
                return work()
            finally:
                watch.lap("engine")

        watch.begin()
        return await self._in_thread(timed)

    def answer_pictures(self, pictures: Sequence[bytes]) -> Answers:
        """Read the digit on each of several encoded pictures, by one call of the engine. Called in a thread.

        Raises:
            ImageError: A picture is unreadable, too large or blank.
            SeveralDigitsError: A picture has more than one digit.
        """
        found = [read_digit(picture, max_pixels=self._max_image_pixels) for picture in pictures]
        answers = self.engine.predict(np.stack([each.image for each in found]))
        for row, (picture, each) in enumerate(zip(pictures, found, strict=True)):
            if self._may_be_several(Recognition.of(answers[row : row + 1]), each.company):
                self._refuse_several(picture)
        return answers

    async def _in_thread(self, work: Callable[[Unpack[Given]], T], *given: *Given) -> T:
        """Work in a thread of ours, in turn.

        Cancelled before its turn, the work is dropped; later, it ends unheeded, and until then keeps
        its thread, so that no more than ours ever work.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    async def _work_on(
        self, picture: bytes, work: Callable[[bytes, int, Stopwatch], T], watch: Stopwatch
    ) -> T:
        """Work on a picture of at most so many pixels: a small one in the event loop, others in a thread."""
        if self._inline and may_be_small(picture):
            with suppress(ImageTooLargeError):  # it is not small; nothing was decoded yet
                return await self._inline.run(lambda: work(picture, self._max_small_pixels, watch))
        return await self._in_thread(work, picture, self._max_image_pixels, watch)

    async def _begin(self, picture: bytes, watch: Stopwatch) -> tuple[FoundDigit, Recognition | None]:
        """Find the digit, and read it where the engine takes no batches."""
        watch.begin()
        if self._batcher is None:
            return await self._work_on(picture, self._recognize, watch)
        return await self._work_on(picture, self._find, watch), None

    def _find(self, picture: bytes, max_pixels: int, watch: Stopwatch) -> FoundDigit:
        watch.lap("waiting")
        try:
            return read_digit(picture, max_pixels=max_pixels)
        finally:
            watch.lap("imaging")

    def _recognize(self, picture: bytes, max_pixels: int, watch: Stopwatch) -> tuple[FoundDigit, Recognition]:
        found = self._find(picture, max_pixels, watch)
        recognition = Recognition.of(self.engine.predict(found.image[None]))
        watch.lap("engine")
        watch.batch = 1
        return found, recognition

    def _finish(
        self, picture: bytes, found: FoundDigit, recognition: Recognition, explained: bool
    ) -> Recognition:
        if self._may_be_several(recognition, found.company):
            self._refuse_several(picture)
        if not explained:
            return recognition
        return replace(recognition, explanation=explain(found, recognition.digit, self.engine))

    def _read(self, picture: bytes, watch: Stopwatch) -> list[ReadDigit]:
        watch.lap("waiting")
        try:
            page = read_page(picture, max_pixels=self._max_image_pixels)
        finally:
            watch.lap("imaging")
        digits = read_digits(page, self.engine, min_digit_score=self._min_digit_score)
        watch.lap("engine")
        return digits

    async def _in_batch(self, found: FoundDigit, watch: Stopwatch) -> Recognition:
        assert self._batcher  # noqa: S101 - who calls this has seen it
        return Recognition.of(await self._batcher.predict(found.image, watch))

    def _settle(self, attempt: Attempt, recognition: Recognition) -> None:
        assert attempt.found  # noqa: S101 - before it is read
        attempt.recognition = recognition
        attempt.is_sure = not self._may_be_several(recognition, attempt.found.company)

    def _may_be_several(self, recognition: Recognition, company: Company) -> bool:
        """Whether it is worth reading the whole picture, which costs ten times as much."""
        sure = _SURE if company is Company.NONE else _SURE_IN_COMPANY
        doubtful = recognition.confidence < sure or recognition.digit_score < self._min_digit_score
        return doubtful or company is Company.LIKELY

    def _refuse_several(self, picture: bytes) -> None:
        try:
            digits = prominent(self._read(picture, Stopwatch()))
        except ImageError:
            return  # as a page it says nothing; as a digit it did
        if len(digits) > 1:
            raise SeveralDigitsError("".join(str(each.digit) for each in digits))
