"""Teachers: published versions whose answers a network learns beside the labels."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from digits.contract import CLASSES, DigitImages, Probabilities
from training.batches import Targets, Teach
from training.engines import Engine, open_version
from training.versions import find_version


def open_teachers(folders: Sequence[Path]) -> Engine:
    """The mean answer of published versions, by their folders.

    Raises:
        ModelError, NoVersionError: One is missing, broken or no version's folder.
    """
    engines = [open_version(find_version(folder)) for folder in folders]

    def answer(images: DigitImages) -> Probabilities:
        mean: Probabilities = np.mean([engine(images) for engine in engines], axis=0, dtype=np.float32)
        return mean

    return answer


def teach_answers(teachers: Engine, share: float, classes: int) -> Teach:
    """Labels of which a share is what teachers say of the image.

    Args:
        teachers: Digit images to probabilities of the ten digits.
        share: From 0, the labels alone, to 1, the answers alone.
        classes: Of the network that learns, ten or more; teachers give nothing to the others.

    Source:
        Hinton, Vinyals and Dean (2015), "Distilling the Knowledge in a Neural Network",
        arXiv:1503.02531, at temperature 1; the teachers see just the image that the network learns, as in
        Beyer et al. (2022), "Knowledge distillation: A good teacher is patient and consistent", CVPR.
    """
    label_rows = teach_rows(classes)

    def teach(images: DigitImages, labels: NDArray[np.uint8]) -> Targets:
        targets = label_rows(images, labels) * np.float32(1 - share)
        targets[:, : len(CLASSES)] += np.float32(share) * teachers(images)
        return targets

    return teach


def teach_rows(classes: int) -> Teach:
    """Labels as probabilities: what parts of a batch without teachers have beside one with them."""
    corners = np.eye(classes, dtype=np.float32)
    return lambda _, labels: corners[labels]
