"""A version is opened in this process, or in an engine that is elsewhere."""

from pathlib import Path

import anyio
import pytest
from pictures import draw_seven, encode
from stub_service import StubEngine

from digits.store import ModelStore
from service.main import load
from service.settings import Settings

STORE = Path(__file__).parents[2] / "model_store"


def test_opens_the_version_that_is_asked_for_in_this_process():
    recognizer = load(Settings(model_store=STORE, model_version=1, engine="litert"))

    assert (recognizer.model.version, recognizer.engine.name) == (1, "litert")


@pytest.mark.parametrize("batches", [False, True], ids=["one-by-one", "in-batches"])
def test_prepares_pictures_here_for_an_engine_that_is_elsewhere(batches):
    engine, asked = StubEngine(batches=batches), []

    def elsewhere(_, model):
        asked.append(model)
        return engine

    recognizer = load(Settings(model_store=STORE), engine_for=elsewhere)
    recognition = anyio.run(recognizer.recognize, encode(draw_seven()))

    assert asked == [ModelStore(STORE).open("latest")]
    assert recognition.digit == 7
    assert [images.shape for images in engine.calls] == [(1, 28, 28)]
