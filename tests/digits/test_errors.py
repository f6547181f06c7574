"""Errors reach another process whole: bulk runs read in several."""

import pickle
from pathlib import Path

import pytest

from digits.errors import BlankImageError, ImageTooLargeError, ModelNotFoundError, UnreadableImageError


@pytest.mark.parametrize(
    "error",
    [
        UnreadableImageError("It is broken.", ["PNG", "JPEG"]),
        BlankImageError(),
        ImageTooLargeError("9 x 9", 80),
        ModelNotFoundError(Path("store"), "digits", 4, [1, 2]),
    ],
    ids=lambda error: error.code,
)
def test_an_error_is_the_same_in_another_process(error):
    there = pickle.loads(pickle.dumps(error))  # noqa: S301 - our own

    assert (type(there), there.args, vars(there)) == (type(error), error.args, vars(error))
    assert str(there) == str(error)
