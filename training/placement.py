"""On which devices a network trains, and in which numbers it computes there."""

from collections.abc import Iterator
from contextlib import contextmanager

import keras
import tensorflow as tf

from training.config import TrainingConfig
from training.errors import DevicesError


@contextmanager
def placed(config: TrainingConfig) -> Iterator[None]:
    """Build and train networks on the devices and in the numbers that the config asks for."""
    before = keras.config.dtype_policy()
    with _strategy(config.devices).scope():
        keras.config.set_dtype_policy(config.precision)
        try:
            yield
        finally:
            keras.config.set_dtype_policy(before)


def _strategy(count: int) -> tf.distribute.Strategy:
    """Each of several devices has a copy of the network, and trains it on its part of every batch."""
    if count == 1:
        return tf.distribute.get_strategy()
    gpus = tf.config.list_physical_devices("GPU")
    if 0 < len(gpus) < count:
        raise DevicesError(count, f"there are {len(gpus)} GPUs")
    if not gpus:
        _split_cpu(count)
    kind = "GPU" if gpus else "CPU"
    return tf.distribute.MirroredStrategy([f"{kind}:{number}" for number in range(count)])


def _split_cpu(count: int) -> None:
    """Make several devices of the CPU, which shows without any GPU what several would do."""
    cpu = tf.config.list_physical_devices("CPU")[0]
    parts = tf.config.get_logical_device_configuration(cpu) or []
    if len(parts) >= count:
        return
    try:
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * count)
    except RuntimeError as error:
        raise DevicesError(count, "TensorFlow has begun with fewer in this process") from error
