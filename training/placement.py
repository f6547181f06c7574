"""On which devices a network trains, and in which numbers it computes there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import keras
import tensorflow as tf

from digits.devices import Devices, Gpu, ready_gpus
from training import console
from training.config import TrainingConfig
from training.errors import DevicesError


@contextmanager
def placed(
    config: TrainingConfig, devices: Devices = tf.config, warn: Callable[[str], None] = console.note
) -> Iterator[str]:
    """Build and train networks on the devices and in the numbers that the config asks for.

    Args:
        config: Says on how many, and in which.
        devices: Those of this process.
        warn: Gets a line if there are GPUs that cannot be used.

    Yields:
        The devices, in words.

    Raises:
        DevicesError: There are fewer.
    """
    before = keras.config.dtype_policy()
    gpus = ready_gpus(devices, warn)
    with _strategy(config.devices, gpus).scope():
        keras.config.set_dtype_policy(config.precision)
        try:
            yield _describe(config.devices, gpus)
        finally:
            keras.config.set_dtype_policy(before)


def _describe(count: int, gpus: Sequence[Gpu]) -> str:
    if gpus:
        return ", ".join(map(str, gpus[:count]))
    return "the CPU" if count == 1 else f"{count} parts of the CPU"


def _strategy(count: int, gpus: Sequence[Gpu]) -> tf.distribute.Strategy:
    """Each of several devices has a copy of the network, and trains it on its part of every batch."""
    if count == 1:
        return tf.distribute.get_strategy()
    if 0 < len(gpus) < count:
        raise DevicesError(count, f"there are {len(gpus)} GPUs")
    if not gpus:
        _split_cpu(count)
    names = [gpu.name for gpu in gpus] or [f"CPU:{number}" for number in range(count)]
    return tf.distribute.MirroredStrategy(names[:count])


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
