"""Errors reach another process whole: bulk runs read in several."""

import pickle
from pathlib import Path

import pytest

from digits.errors import ImageTooLargeError, ModelNotFoundError
from service.errors import DeadlineExceededError, OverloadedError
from training.bulk.errors import SourceError, WorkersEndedError


@pytest.mark.parametrize(
    "error",
    [
        SourceError(Path("rows.parquet"), "row group 0 is broken."),
        WorkersEndedError(),
        ImageTooLargeError("9 x 9", 80),
        ModelNotFoundError(Path("store"), "digits", 4, [1, 2]),
        DeadlineExceededError(3.0),
        OverloadedError("bytes"),
    ],
    ids=lambda error: error.code,
)
def test_an_error_is_the_same_in_another_process(error):
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert (type(there), there.args, vars(there)) == (type(error), error.args, vars(error))
    assert str(there) == str(error)
