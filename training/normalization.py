"""Batch norm in one fused step, which a CPU does sooner than Keras's own chain of them."""

import keras
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="digits")
class FusedBatchNormalization(layers.BatchNormalization):  # type: ignore[misc] # Keras has no types
    """Keras's batch norm of images, whose training step is one of TensorFlow's kernels, forward and backward.

    It takes the statistics in float32 whatever it normalizes, and estimates the variance with Bessel's
    correction, n / (n - 1) of Keras's own. Inference is Keras's own.
    """

    def call(
        self, inputs: keras.KerasTensor, training: bool | None = None, mask: None = None
    ) -> keras.KerasTensor:
        """Normalize features, shape (n, height, width, channels)."""
        if not (training and self.trainable):
            return super().call(inputs, training=False, mask=mask)
        normalized, mean, variance, *_ = tf.compat.v1.nn.fused_batch_norm(
            inputs,
            tf.cast(self.gamma, tf.float32),
            tf.cast(self.beta, tf.float32),
            epsilon=self.epsilon,
            is_training=True,
        )
        for moving, seen in ((self.moving_mean, mean), (self.moving_variance, variance)):
            moving.assign(moving * self.momentum + seen * (1 - self.momentum))
        return normalized
