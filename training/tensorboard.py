"""What TensorBoard shows of a run: its figures, its graph, and how long each layer's gradient is."""

from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from digits.contract import DigitImages


class GradientNorms(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Logs the length of each layer's gradient after each epoch: do they vanish or explode on the way down?

    Args:
        folder: Where TensorBoard looks.
        images: uint8 (n, 28, 28), a few hundred, on which the loss is taken.
        labels: uint8 (n,).
    """

    def __init__(self, folder: Path, images: DigitImages, labels: NDArray[np.uint8]) -> None:
        super().__init__()
        self._images, self._labels = images, labels
        self._writer = tf.summary.create_file_writer(str(folder))

    def on_epoch_end(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002 - Keras's signature
        """Log."""
        with self._writer.as_default(step=epoch):
            for layer, norm in gradient_norms(self.model, self._images, self._labels).items():
                tf.summary.scalar(f"gradient_norm/{layer}", norm)
        self._writer.flush()


def gradient_norms(
    network: keras.Sequential, images: DigitImages, labels: NDArray[np.uint8]
) -> dict[str, float]:
    """Length of the loss's gradient by each layer's kernel, from the image on.

    Args:
        network: Compiled, for its loss.
        images: uint8 (n, 28, 28).
        labels: uint8 (n,).
    """
    kernels = {layer.name: layer.kernel.value for layer in network.layers if hasattr(layer, "kernel")}
    with tf.GradientTape() as tape:
        tape.watch(list(kernels.values()))  # frozen ones too
        loss = network.compute_loss(images, labels, network(images, training=False))
    gradients = tape.gradient(loss, kernels)
    return {name: float(tf.norm(gradient)) for name, gradient in gradients.items()}


def watchers(folder: Path, images: DigitImages, labels: NDArray[np.uint8]) -> list[keras.callbacks.Callback]:
    """Everything that writes into the folder: Keras's own, and the gradients."""
    return [keras.callbacks.TensorBoard(str(folder)), GradientNorms(folder / "gradients", images, labels)]
