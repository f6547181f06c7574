"""Make probabilities as sure as they are right, and put the border of what is a digit at one half."""

from typing import Final, TypeAlias

import keras
import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES

DIGITS_LOST: Final = 0.01
"""Share of validation digits that score below one half, and so are called no digit."""

_DIGITS: Final = len(CLASSES)
_TEMPERATURES: Final = (0.2, 5.0)
_ROUNDS: Final = 60

Logits: TypeAlias = NDArray[np.floating]


def fit_temperature(logits: Logits, labels: NDArray[np.uint8]) -> float:
    """The divisor of the logits at which the labels are likeliest.

    Args:
        logits: Shape (n, 10 or more); the first ten are the digits'.
        labels: Shape (n,), 0-9.

    Returns:
        From 0.2 to 5; above 1 where the network was surer than right.

    Source:
        Guo, Pleiss, Sun and Weinberger (2017), "On Calibration of Modern Neural Networks",
        arXiv:1706.04599. The likelihood has one peak over the temperature: found by golden section.
    """
    digits = logits[:, :_DIGITS].astype(np.float64)
    low, high = np.log(_TEMPERATURES)
    ratio = (np.sqrt(5) - 1) / 2
    for _ in range(_ROUNDS):
        first, second = high - ratio * (high - low), low + ratio * (high - low)
        if _nll(digits / np.exp(first), labels) < _nll(digits / np.exp(second), labels):
            high = second
        else:
            low = first
    return float(np.exp((low + high) / 2))


def fit_border(logits: Logits, *, lost: float = DIGITS_LOST) -> float:
    """What to add to the last logit, that of no digit, so that such a share of digits scores below one half.

    Args:
        logits: Of digits alone, shape (n, 11), divided by the temperature.
        lost: The share, 0-1.
    """
    digits = logits.astype(np.float64)
    margin = _log_sum_exp(digits[:, :_DIGITS]) - digits[:, _DIGITS]  # above 0 where the score is above 1/2
    return float(np.quantile(margin, lost))


def calibrate(network: keras.Sequential, *, temperature: float, border: float) -> None:
    """Fold both into the last layer, in place: the exported graph gets no step more.

    Args:
        network: Its last layer is dense and gives the logits.
        temperature: Divides all logits.
        border: Is added to the last logit after that; 0 for a network of ten outputs.
    """
    last = network.layers[-1]
    kernel, bias = (weights / temperature for weights in last.get_weights())
    bias[-1] += border
    last.set_weights([kernel, bias])


def _nll(logits: NDArray[np.float64], labels: NDArray[np.uint8]) -> float:
    return float((_log_sum_exp(logits) - logits[np.arange(len(labels)), labels]).mean())


def _log_sum_exp(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    top = logits.max(axis=1)
    sums: NDArray[np.float64] = top + np.log(np.exp(logits - top[:, np.newaxis]).sum(axis=1))
    return sums
