"""The optimizer: AdamW with a rate that warms up, then decays to 0 by a cosine."""

import keras

from training.config import TrainingConfig

_SPARED = ("bias", "gamma", "beta")
"""Offsets and batch norm's scales: decay would only slow them, they cannot overfit."""


def build_optimizer(config: TrainingConfig, steps: int) -> keras.optimizers.Optimizer:
    """AdamW for a run of so many steps.

    Source:
        Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", ICLR; one cycle:
        Smith and Topin (2017), "Super-Convergence", arXiv:1708.07120.
    """
    warmup = round(config.warmup_fraction * steps)
    rate = keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=config.peak_learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, steps - warmup),
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=list(_SPARED))
    return optimizer
