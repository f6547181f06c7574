"""The served model reads numbers written with MNIST's test digits."""

from pathlib import Path

import numpy as np
import pytest
from strings import KINDS, measure

from digits.imaging import Page
from digits.imaging.read import to_lines
from digits.store import ModelStore
from service.inference.engines.litert import LiteRTEngine
from service.inference.engines.tensorflow import TensorFlowEngine
from service.inference.reader import read_digits

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model():
    return ModelStore(ROOT / "model_store").open()


@pytest.fixture(scope="module")
def engine(model):
    return LiteRTEngine(model.twin)


@pytest.mark.parametrize(
    ("spacing", "share"),
    [
        pytest.param("spaced", 0.95, id="spaced"),
        pytest.param("touching", 0.88, id="touching"),
        pytest.param("overlapping", 0.75, id="overlapping"),
    ],
)
def test_reads_most_strings_exactly(engine, mnist_test, spacing, share):
    images, labels = mnist_test

    assert measure(engine, images, labels, KINDS[spacing], strings=120).exact >= share


def test_the_engines_read_the_same(model, engine, mnist_test):
    picture = KINDS["touching"](list(mnist_test[0][:8]), np.random.default_rng(0))
    page = Page(to_lines(picture))

    texts = [
        [(each.digit, each.box) for each in read_digits(page, one, min_digit_score=0.5)]
        for one in (engine, TensorFlowEngine(model.directory, threads=2))
    ]

    assert texts[0] == texts[1]
    assert [digit for digit, _ in texts[0]] == mnist_test[1][:8].tolist()
