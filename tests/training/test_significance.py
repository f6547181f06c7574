"""Intervals and tests as computed by hand or printed in textbooks."""

import numpy as np
import pytest

from training.significance import compare_models, measure_accuracy


def rights(right, wrong):
    return np.repeat([True, False], [right, wrong])


@pytest.mark.parametrize(
    ("right", "wrong", "low", "high"),
    [
        pytest.param(9965, 35, 0.99514, 0.99748, id="a-good-model"),
        pytest.param(5, 5, 0.23659, 0.76341, id="even"),
        pytest.param(10, 0, 0.72247, 1, id="all-right"),
        pytest.param(0, 10, 0, 0.27753, id="all-wrong"),
    ],
)
def test_an_accuracy_has_wilsons_interval(right, wrong, low, high):
    found = measure_accuracy(rights(right, wrong))

    assert (found.low, found.high) == pytest.approx((low, high), abs=1e-5)
    assert found.share == right / (right + wrong)
    assert (found.wrong, found.images) == (wrong, right + wrong)


@pytest.mark.parametrize(
    ("only_first", "only_second", "p_value"),
    [
        pytest.param(0, 0, 1, id="the-same-answers"),
        pytest.param(5, 5, 1, id="even"),
        pytest.param(0, 5, 2 / 32, id="five-to-none"),
        pytest.param(1, 9, 2 * 11 / 1024, id="nine-to-one"),
        pytest.param(9, 1, 2 * 11 / 1024, id="one-to-nine"),
        pytest.param(3000, 3500, 5.85e-10, id="thousands"),
    ],
)
def test_mcnemar_sums_the_binomials_tails(only_first, only_second, p_value):
    first = np.repeat([True, True, False, False], [100, only_first, only_second, 20])
    second = np.repeat([True, False, True, False], [100, only_first, only_second, 20])

    found = compare_models(first, second)

    assert (found.only_first, found.only_second) == (only_first, only_second)
    assert found.p_value == pytest.approx(p_value, rel=0.02)
