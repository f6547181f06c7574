"""Small pictures stay in the event loop's thread, one a turn; large and slow ones leave it."""

import asyncio
import threading

import pytest
from pictures import draw_seven, encode
from stub_service import StubEngine, recognizer

from digits.errors import ImageTooLargeError
from service.inference.inline import MAX_BYTES, Inline, may_be_small
from service.settings import Settings


class WatchedEngine(StubEngine):
    """Remembers which threads called it."""

    def __init__(self, *, is_quick=True, **changes):
        super().__init__(**changes)
        self.is_quick = is_quick
        self.threads = []

    def predict(self, images):
        self.threads.append(threading.current_thread())
        return super().predict(images)


LARGE = draw_seven((1000, 1000), width=80)


@pytest.mark.parametrize(
    ("picture", "is_quick", "stays"),
    [
        pytest.param(encode(draw_seven()), True, True, id="small"),
        pytest.param(encode(draw_seven()), False, False, id="small-slow-engine"),
        pytest.param(encode(LARGE), True, False, id="many-pixels-in-few-bytes"),
        pytest.param(encode(draw_seven(), "JPEG"), True, False, id="jpeg"),
        pytest.param(encode(draw_seven()) + bytes(MAX_BYTES), True, False, id="many-bytes"),
    ],
)
async def test_only_small_pictures_stay_in_the_loops_thread(picture, is_quick, stays):
    engine = WatchedEngine(is_quick=is_quick, confidence=0.999)

    recognition = await recognizer(engine).recognize(picture)

    assert recognition.digit == 7
    assert [thread is threading.current_thread() for thread in engine.threads] == [stays]


async def test_a_second_look_is_taken_in_a_thread():
    engine = WatchedEngine(confidence=0.5)

    await recognizer(engine).recognize(encode(draw_seven()))

    first, *others = engine.threads
    assert first is threading.current_thread()
    assert others
    assert threading.current_thread() not in others


async def test_a_small_picture_above_the_services_own_limit_is_refused_with_that_limit():
    with pytest.raises(ImageTooLargeError, match="10,000"):
        await recognizer(WatchedEngine(), Settings(max_image_pixels=10_000)).recognize(encode(draw_seven()))


async def test_between_two_pieces_of_work_the_loop_does_what_else_there_is():
    inline, seen = Inline(), []
    pieces = [asyncio.create_task(inline.run(lambda i=i: seen.append(i))) for i in range(3)]
    while not all(piece.done() for piece in pieces):
        await asyncio.sleep(0)
        seen.append("else")

    assert [each for each in seen if each != "else"] == [0, 1, 2]
    at = [seen.index(i) for i in range(3)]
    assert all("else" in seen[a:b] for a, b in zip(at[1:], [*at[2:], None], strict=True))


async def test_work_that_nobody_waits_for_is_dropped_and_an_error_is_its_askers_alone():
    inline, done = Inline(), []

    def fail():
        raise ValueError("bad")

    tasks = [
        asyncio.create_task(inline.run(work)) for work in (lambda: 0, fail, lambda: done.append(1), lambda: 3)
    ]
    await asyncio.sleep(0)
    tasks[2].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)

    assert (results[0], results[3], done) == (0, 3, [])
    assert isinstance(results[1], ValueError)
    assert isinstance(results[2], asyncio.CancelledError)


def test_looks_at_pngs_alone():
    assert may_be_small(encode(draw_seven()))
    assert not may_be_small(b"")
    assert not may_be_small(b"GIF89a")
