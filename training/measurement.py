"""All figures of a trained network, and the calibration that rests on them."""

from dataclasses import asdict
from typing import Final, TypeAlias

import keras
import numpy as np

from training.calibration import calibrate, fit_border, fit_temperature
from training.comparison import Comparison
from training.config import VALIDATION_IMAGES
from training.dataset import Mnist
from training.evaluation import predict, predict_logits, predict_scores
from training.parity import Parity
from training.rendering import Pools
from training.scores import Rejection, Scores, score, score_rejection

Measured: TypeAlias = dict[str, Scores | Rejection | Parity | Comparison]
"""By what was measured on."""

_DIGITS: Final = ("font", "written")
"""Kinds of rendered pictures that a person would call a digit without thinking twice."""


def calibrate_on_validation(network: keras.Sequential, mnist: Mnist, pictures: Pools) -> None:
    """Fit temperature and border on validation images, and fold them into the network."""
    images, labels = mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]
    logits = predict_logits(network, images)
    temperature, border = fit_temperature(logits, labels), 0.0
    if pictures:
        seen = [predict_logits(network, pictures[kind].images) for kind in _DIGITS]
        border = fit_border(np.concatenate([logits, *seen]) / np.float32(temperature))
    calibrate(network, temperature=temperature, border=border)


def measure_pictures(network: keras.Model, pictures: Pools) -> Measured:
    """Scores on rendered pictures for validation, by kind, and how well what is no digit is told apart."""
    if not pictures:
        return {}
    measured: Measured = {
        kind: score(predict(network, pictures[kind].images), pictures[kind].labels) for kind in _DIGITS
    }
    digits = np.concatenate([predict_scores(network, pictures[kind].images) for kind in _DIGITS])
    return measured | {
        "none": score_rejection(digits, predict_scores(network, pictures["none"].images)),
    }


def name_metrics(measured: Measured) -> dict[str, float]:
    """All figures of a run, each under the name by which the manifest has it."""
    return {f"{group}_{name}": value for group, of in measured.items() for name, value in asdict(of).items()}
