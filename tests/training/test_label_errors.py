"""The known label errors fit MNIST's test set."""

import numpy as np
import pytest

from training.label_errors import CORRECTED, UNRESOLVABLE, are_resolvable, correct_labels


def test_corrects_ten_labels_and_no_other(mnist_test):
    labels = mnist_test[1]

    corrected = correct_labels(labels)

    assert np.flatnonzero(corrected != labels).tolist() == sorted(CORRECTED)
    assert len(CORRECTED) == 10


def test_leaves_out_five_others():
    assert np.flatnonzero(~are_resolvable(10_000)).tolist() == sorted(UNRESOLVABLE)
    assert not {*UNRESOLVABLE} & {*CORRECTED}


@pytest.mark.parametrize("n", [1, 948, 3000])
def test_of_a_shorter_test_set_those_that_it_has(mnist_test, n):
    labels = mnist_test[1][:n]

    assert (correct_labels(labels) != labels).sum() == sum(position < n for position in CORRECTED)
    assert len(are_resolvable(n)) == n
