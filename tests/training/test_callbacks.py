"""A run says how it goes, and stops when it goes nowhere."""

import re

import keras
import numpy as np
import pytest

from training.callbacks import Progress, ShowTest, StopWhenDiverged
from training.errors import DivergedError


def fit(*callbacks, targets=1.0, epochs=2):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["accuracy"], run_eagerly=True)
    inputs, outputs = np.ones((6, 2), np.float32), np.full((6, 1), targets, np.float32)
    model.fit(
        inputs,
        outputs,
        batch_size=3,
        epochs=epochs,
        validation_data=(inputs, outputs),
        callbacks=list(callbacks),
        verbose=0,
    )


@pytest.mark.parametrize("loss", [float("nan"), float("inf"), -float("inf")])
def test_stops_at_the_first_loss_that_is_no_number_and_says_where(loss):
    stop = StopWhenDiverged()
    stop.on_epoch_begin(2)
    stop.on_train_batch_end(3, {"loss": 1e30})

    with pytest.raises(DivergedError, match=r"epoch 3, step 5\. Lower --peak-learning-rate"):
        stop.on_train_batch_end(4, {"loss": loss})


def test_stops_keras_in_the_first_step_whose_loss_is_no_number():
    with pytest.raises(DivergedError, match="epoch 1, step 1"):
        fit(StopWhenDiverged(), targets=np.nan)


def test_says_a_line_an_epoch():
    said = []

    fit(StopWhenDiverged(), Progress(said.append, bar=False), epochs=10)

    assert len(said) == 10
    for number, line in enumerate(said, 1):
        assert re.fullmatch(
            rf"epoch {number:2}/10  loss \d+\.\d{{4}}  accuracy \d+\.\d\d%"
            r"  validation loss \d+\.\d{4}  accuracy \d+\.\d\d%  \d+\.\d s",
            line,
        )


def test_says_the_test_accuracy_where_it_is_asked_for():
    said, measured = [], iter([0.5, 0.75])

    fit(ShowTest(lambda: next(measured)), Progress(said.append, bar=False))

    assert [line.split("  ")[-2] for line in said] == ["test accuracy 50.00%", "test accuracy 75.00%"]


def test_shows_a_bar_where_someone_is_looking(capsys):
    fit(Progress(lambda _: None, bar=True), epochs=1)

    assert "epoch 1/1" in capsys.readouterr().err


def test_shows_no_bar_where_nobody_is(capsys):
    fit(Progress(lambda _: None, bar=False), epochs=1)

    assert capsys.readouterr().err == ""


def test_clears_the_bar_when_the_run_fails(capsys):
    progress = Progress(lambda _: None, bar=True)
    with pytest.raises(DivergedError):
        fit(progress, StopWhenDiverged(), targets=np.nan)

    progress.close()

    assert re.search(r"\r +\r$", capsys.readouterr().err), "the error gets a line of its own"
