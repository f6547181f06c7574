"""How kernels begin, what they cost and how long they may get: options of each weighted layer."""

from typing import Any, Final

import keras

from training.config import TrainingConfig

_TRUNCATED_STDDEV: Final = 0.87962566103423978
"""Standard deviation of a normal distribution cut at two standard deviations, which Keras makes up for."""


def kernel_options(config: TrainingConfig, *, inputs: tuple[int, ...] = (0,)) -> dict[str, Any]:
    """Keyword arguments of a weighted layer.

    Args:
        config: Says which.
        inputs: Axes of the kernel that lead to one unit: (0,) of a dense one, (0, 1, 2) of a convolution.
    """
    penalty = keras.regularizers.L1L2(l1=config.l1, l2=config.l2) if config.l1 or config.l2 else None
    limit = keras.constraints.MaxNorm(config.max_norm, axis=inputs) if config.max_norm else None
    return {
        "kernel_initializer": initializer(config),
        "kernel_regularizer": penalty,
        "kernel_constraint": limit,
    }


def initializer(config: TrainingConfig) -> keras.initializers.Initializer:
    """The distribution of the first kernels that the config names.

    `two_over_sqrt_inputs` is a normal distribution of standard deviation 2/√inputs, cut at twice that.
    What is cut off narrows it to 0.88 of that; Keras would widen it again, the article does not.

    Source:
        lecun_normal suits selu: Klambauer et al. (2017), "Self-Normalizing Neural Networks", NeurIPS;
        glorot_uniform is Keras's own: Glorot and Bengio (2010), "Understanding the difficulty of training
        deep feedforward neural networks", AISTATS; he_normal: He et al. (2015), arXiv:1502.01852.
    """
    name = config.initializer
    if name == "auto":
        name = "lecun_normal" if config.activation == "selu" else "glorot_uniform"
    if name == "two_over_sqrt_inputs":
        return keras.initializers.VarianceScaling(scale=(2 * _TRUNCATED_STDDEV) ** 2, mode="fan_in")
    return keras.initializers.get(name)
