"""The best weights so far, kept while the network trains on, and the end of a run that gets no better."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final, TypeAlias

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.contract import DigitImages
from training.config import TrainingConfig

Logs: TypeAlias = Mapping[str, float] | None

_CHUNK: Final = 500


@dataclass(slots=True)
class Standing:
    """What is known of the best weights so far.

    Attributes:
        loss: Their validation loss.
        weights: As `Model.get_weights` gives them.
        looks_since: Validations since then.
        steps: Training steps so far.
        stopped: Whether the run has ended for want of progress.
    """

    loss: float = inf
    weights: list[NDArray[Any]] = field(default_factory=list)
    looks_since: int = 0
    steps: int = 0
    stopped: bool = False

    def restore(self, network: keras.Model) -> None:
        """Give the network the best weights there were; leave it as it is, if no look has been taken."""
        if self.weights:
            network.set_weights(self.weights)


class KeepBest(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Looks at the validation loss, keeps the winner, and stops after so many looks without progress.

    Keras's `EarlyStopping` looks once an epoch and forgets all when the process ends. This one can look every
    few steps too, and its standing goes into a checkpoint and comes back from one.

    Args:
        config: Says how often to look, and how long to wait.
        measure_loss: Gives the validation loss of the moment; asked when looking every few steps.
        standing: Where to go on from.
    """

    def __init__(
        self, config: TrainingConfig, measure_loss: Callable[[], float], standing: Standing | None = None
    ) -> None:
        super().__init__()
        self._config, self._measure_loss = config, measure_loss
        self.standing = standing or Standing()

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Look every so many steps."""
        self.standing.steps += 1
        if self._config.validate_steps and self.standing.steps % self._config.validate_steps == 0:
            self._look(self._measure_loss())

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Look once an epoch, at what Keras has measured."""
        if not self._config.validate_steps:
            self._look((logs or {})["val_loss"])

    def _look(self, loss: float) -> None:
        now = self.standing
        if loss < now.loss - self._config.min_delta:
            now.loss, now.looks_since = loss, 0
            now.weights = [np.copy(values) for values in self.model.get_weights()]
            return
        now.looks_since += 1
        if self._config.patience and now.looks_since >= self._config.patience:
            now.stopped = self.model.stop_training = True


def loss_meter(network: keras.Model, images: DigitImages, labels: NDArray[np.uint8]) -> Callable[[], float]:
    """A function that gives the network's mean cross entropy on the images at that moment, in nats.

    Keras's own `evaluate` would reset the training metrics of the epoch that is under way.
    """

    @tf.function  # type: ignore[untyped-decorator] # TensorFlow has no types
    def losses(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        logits = network(images, training=False)
        return tf.nn.sparse_softmax_cross_entropy_with_logits(tf.cast(labels, tf.int32), logits)

    def measure() -> float:
        total = 0.0
        for start in range(0, len(images), _CHUNK):
            part = slice(start, start + _CHUNK)
            total += float(tf.reduce_sum(losses(images[part], labels[part])))
        return total / len(images)

    return measure
