"""What is minimized, and how: the loss, the optimizer and its rate."""

import keras

from training.config import TrainingConfig

_SPARED = ("bias", "gamma", "beta")
"""Offsets and batch norm's scales: decay would only slow them, they cannot overfit."""


def build_optimizer(config: TrainingConfig, steps: int) -> keras.optimizers.Optimizer:
    """The optimizer for a run of so many steps.

    Source:
        Loshchilov and Hutter (2019), "Decoupled Weight Decay Regularization", ICLR; one cycle:
        Smith and Topin (2017), "Super-Convergence", arXiv:1708.07120.
    """
    kind = {"adamw": keras.optimizers.AdamW, "sgd": keras.optimizers.SGD}[config.optimizer]
    optimizer = kind(
        _schedule(config, steps),
        weight_decay=config.weight_decay,
        use_ema=config.weight_averaging > 0,
        ema_momentum=config.weight_averaging,
    )
    optimizer.exclude_from_weight_decay(var_names=list(_SPARED))
    return optimizer


def _schedule(config: TrainingConfig, steps: int) -> keras.optimizers.schedules.LearningRateSchedule:
    """The rate in each step: a warm-up, then a cosine to 0 or the peak for good."""
    warmup = round(config.warmup_fraction * steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=0.0,
        warmup_target=config.peak_learning_rate,
        warmup_steps=warmup,
        decay_steps=max(1, steps - warmup),
        alpha=1.0 if config.schedule == "constant" else 0.0,  # the share of the peak that it ends at
    )


def build_loss(config: TrainingConfig) -> keras.losses.Loss:
    """Softmax cross entropy of logits (n, classes) and labels (n,), in nats.

    With teachers, the labels are probabilities, (n, classes).

    Source:
        Label smoothing: Szegedy et al. (2016), "Rethinking the Inception Architecture", CVPR, section 7.
    """
    if config.teachers:
        return keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=config.label_smoothing)
    if config.label_smoothing:
        return SmoothedCrossentropy(config.label_smoothing)
    return keras.losses.SparseCategoricalCrossentropy(from_logits=True)


class SmoothedCrossentropy(keras.losses.Loss):  # type: ignore[misc] # Keras has no types
    """Cross entropy with labels of which a share is spread evenly over all classes.

    Keras smooths one-hot labels only, and every other loss and metric here takes class numbers.
    """

    def __init__(self, smoothing: float) -> None:
        super().__init__()
        self._smoothing = smoothing

    def call(self, y_true: keras.KerasTensor, y_pred: keras.KerasTensor) -> keras.KerasTensor:
        """Shape (n,), from class numbers (n,) or (n, 1) and logits (n, classes)."""
        labels = keras.ops.one_hot(keras.ops.reshape(y_true, (-1,)), y_pred.shape[-1])
        return keras.losses.categorical_crossentropy(
            labels, y_pred, from_logits=True, label_smoothing=self._smoothing
        )
