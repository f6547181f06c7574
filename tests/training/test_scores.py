"""Scores as computed by hand."""

import numpy as np
import pytest

from training.scores import score, score_rejection


def rows(*rows):
    """Probabilities, shape (n, 10), from what is not 0."""
    probabilities = np.zeros((len(rows), 10), np.float32)
    for row, values in zip(probabilities, rows, strict=True):
        row[list(values)] = list(values.values())
    return probabilities


def labels(*labels):
    return np.array(labels, np.uint8)


def test_accuracy_is_the_share_of_right_answers():
    probabilities = rows({3: 0.9, 5: 0.1}, {3: 0.4, 5: 0.6}, {0: 1}, {9: 1})

    assert score(probabilities, labels(3, 3, 0, 9)).accuracy == 0.75


def test_nll_is_the_mean_of_minus_the_log_of_the_labels_probability():
    probabilities = rows({3: 0.5, 5: 0.5}, {3: 0.25, 5: 0.75})

    assert score(probabilities, labels(3, 3)).nll == pytest.approx((np.log(2) + np.log(4)) / 2)


def test_nll_of_the_impossible_is_large_and_finite():
    assert score(rows({3: 1}), labels(5)).nll == pytest.approx(-np.log(np.finfo(np.float32).tiny))


@pytest.mark.parametrize(
    ("probabilities", "brier"),
    [
        pytest.param(rows({3: 1}), 0, id="right-and-sure"),
        pytest.param(rows({5: 1}), 2, id="wrong-and-sure"),
        pytest.param(rows({3: 0.75, 5: 0.25}), 0.125, id="right-and-unsure"),
        pytest.param(rows({3: 1}, {5: 1}), 1, id="mean-of-two"),
    ],
)
def test_brier_is_the_squared_distance_from_the_labels_corner(probabilities, brier):
    assert score(probabilities, labels(3, 3)[: len(probabilities)]).brier == pytest.approx(brier)


@pytest.mark.parametrize(
    ("probabilities", "ece"),
    [
        pytest.param(rows({3: 1}, {3: 1}), 0, id="sure-and-right"),
        pytest.param(rows({5: 1}, {5: 1}), 1, id="sure-and-wrong"),
        pytest.param(rows({3: 0.82, 5: 0.18}, {3: 0.38, 5: 0.62}), (0.18 + 0.62) / 2, id="two-bins-add-up"),
        pytest.param(
            rows({3: 0.82, 5: 0.18}, {3: 0.16, 5: 0.84}), (0.82 + 0.84 - 1) / 2, id="one-bin-cancels"
        ),
    ],
)
def test_ece_is_the_gap_between_confidence_and_accuracy(probabilities, ece):
    assert score(probabilities, labels(3, 3)).ece == pytest.approx(ece)


def test_digit_scores_are_ranked_with_ties_half():
    found = score_rejection(np.float32([0.9, 0.8, 0.3]), np.float32([0.3, 0.1]))

    assert found.auroc == pytest.approx(5.5 / 6)
    assert found.refused == 1
    assert found.digits_lost == pytest.approx(1 / 3)
