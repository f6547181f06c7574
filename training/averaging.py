"""Batch norm's statistics for weights that were averaged: those of no step's weights fit them."""

from collections.abc import Iterable

import keras
from keras import layers

from digits.contract import DigitImages


def reestimate_batch_norm(network: keras.Sequential, batches: Iterable[DigitImages]) -> None:
    """Set each batch norm's mean and variance to their means over the batches.

    Frozen layers keep theirs.

    Args:
        network: Any stack of layers.
        batches: uint8 (n, 28, 28) each, such as it was trained on.

    Source:
        Izmailov et al. (2018), "Averaging Weights Leads to Wider Optima and Better Generalization",
        UAI, section 3.2.
    """
    norms = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    for seen, images in enumerate(batches):
        for norm in norms:
            norm.momentum = seen / (seen + 1)  # which makes the moving average a plain one
        network(images, training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
