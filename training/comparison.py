"""A network tuned on corrections, compared with the one it comes from: only a better one may follow."""

from dataclasses import dataclass
from typing import Final

import keras
import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES
from training import heads
from training.corrections import Split
from training.errors import NotBetterError
from training.evaluation import predict_logits
from training.significance import compare_models

MAX_LOSS: Final = 0.001
"""Validation accuracy that a tuned network may lose: five of MNIST's 5,000 validation images."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two networks, before and after tuning, on the same images.

    Attributes:
        validation_accuracy_before: On MNIST's validation images.
        validation_accuracy: The same, afterwards.
        accuracy_before: On the corrections held out.
        accuracy: The same, afterwards.
        held_out: How many these are.
        p_value: Of McNemar's exact test on them.
    """

    validation_accuracy_before: float
    validation_accuracy: float
    accuracy_before: float
    accuracy: float
    held_out: int
    p_value: float


def compare_networks(
    before: keras.Model, after: keras.Model, *, validation: Split, held_out: Split
) -> Comparison:
    """Ask both about MNIST's validation images, and about corrections that neither was tuned on."""
    was_right, is_right = _are_right(before, held_out), _are_right(after, held_out)
    return Comparison(
        validation_accuracy_before=float(_are_right(before, validation).mean()),
        validation_accuracy=float(_are_right(after, validation).mean()),
        accuracy_before=float(was_right.mean()),
        accuracy=float(is_right.mean()),
        held_out=len(is_right),
        p_value=compare_models(is_right, was_right).p_value,
    )


def check_better(found: Comparison) -> None:
    """Let no network follow another that is as good.

    Raises:
        NotBetterError: It lost on MNIST, or gained nothing on corrections.
    """
    lost = found.validation_accuracy_before - found.validation_accuracy
    if lost > MAX_LOSS + 1e-9:
        raise NotBetterError(
            f"On MNIST's validation images it has {found.validation_accuracy:.2%}, the version it comes from "
            f"{found.validation_accuracy_before:.2%}; at most {MAX_LOSS:.2%} may be lost"
        )
    if found.accuracy <= found.accuracy_before:
        raise NotBetterError(
            f"Of {found.held_out} corrections held out it gets {found.accuracy:.1%} right, the version it "
            f"comes from {found.accuracy_before:.1%}"
        )


def _are_right(network: keras.Model, split: Split) -> NDArray[np.bool_]:
    """Which images a network gets right, shape (n,): the digit, or that there is none."""
    images, labels = split
    logits = predict_logits(network, images)
    right: NDArray[np.bool_] = logits[:, : len(CLASSES)].argmax(axis=1) == labels
    if heads.scores_digits(logits):
        is_none = np.asarray(heads.digit_scores(logits)) < 0.5
        right = np.where(labels == len(CLASSES), is_none, right & ~is_none)
    return right
