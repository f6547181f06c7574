"""The TensorFlow engine: the SavedModel itself, through its signature, on CPU or GPU."""

import logging
from bisect import bisect_left
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
import tensorflow as tf

from digits.contract import INPUT, OUTPUT, SCORE_OUTPUT, SIDE, SIGNATURE, DigitImages
from digits.devices import CPU, Devices, ready_gpus
from digits.errors import ContractMismatchError, ModelCorruptError
from service.inference.engine import Answers

log = logging.getLogger("digits.serve")

BUCKETS: Final = (1, 2, 4, 8, 16, 32, 64)
"""Batch sizes that are ever run. TensorFlow optimizes anew for each size it meets, which takes
hundreds of milliseconds: other sizes are padded to the next of these, each met at start."""

_FAILURES: Final = (OSError, ValueError, tf.errors.OpError)
"""What TensorFlow raises for a broken model, or on a broken device."""


class TensorFlowEngine:
    """Runs any SavedModel whose signature is the image contract's."""

    name = "tensorflow"
    batches = True
    is_quick = False

    def __init__(self, directory: Path, *, threads: int, devices: Devices = tf.config) -> None:
        """Load a model onto the first GPU, or onto the CPU where there is none or it fails.

        Args:
            directory: The SavedModel's.
            threads: Of the CPU.
            devices: Those of this process.

        Raises:
            ModelCorruptError: TensorFlow cannot open it.
            ContractMismatchError: It has another signature.
        """
        _configure(threads)
        self.device = CPU
        for gpu in ready_gpus(devices, log.warning)[:1]:
            try:
                self._open(directory, gpu.name)
            except _FAILURES as error:
                log.warning("%s cannot run the model (%s): the CPU does", gpu, error)
            else:
                log.info("TensorFlow runs the model on %s", gpu)
                return
        try:
            self._open(directory, CPU)
        except _FAILURES as error:
            raise ModelCorruptError(directory, f"TensorFlow cannot open it ({error}).") from error
        log.info("TensorFlow runs the model on the CPU")

    def _open(self, directory: Path, device: str) -> None:
        """Load the model onto a device, and run each bucket once."""
        self.device = device
        with tf.device(device):
            if not tf.zeros(1).device.endswith(device):  # TensorFlow takes another without a word
                raise tf.errors.NotFoundError(None, None, f"TensorFlow does not reach {device}")
            self._model = tf.saved_model.load(str(directory))
        self._call = _signature(self._model.signatures, directory)
        for size in BUCKETS:
            self.predict(np.zeros((size, SIDE, SIDE), np.uint8))

    def predict(self, images: DigitImages) -> Answers:
        """See `Engine.predict`."""
        parts = [
            self._predict_bucket(images[i : i + BUCKETS[-1]]) for i in range(0, len(images), BUCKETS[-1])
        ]
        return Answers.concatenate(parts)

    def _predict_bucket(self, images: DigitImages) -> Answers:
        size = BUCKETS[bisect_left(BUCKETS, len(images))]
        padded = np.zeros((size, SIDE, SIDE), np.uint8)
        padded[: len(images)] = images
        with tf.device(self.device):
            return self._call(padded)[: len(images)]


def _configure(threads: int) -> None:
    """Take only the threads we were given, and compute in float32 alone."""
    # GPUs of compute capability 8 on would round factors to 10 bits: answers must not depend on the device.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    except RuntimeError:
        return  # an engine was opened in this process before: its settings stand


Tensors: TypeAlias = dict[str, Any]


def _signature(signatures: Tensors, directory: Path) -> Callable[[DigitImages], Answers]:
    """The contract's signature as a function from a NumPy batch to answers.

    Raises:
        ContractMismatchError: The model has another signature.
    """
    expected = f"signature {SIGNATURE}({INPUT}: uint8 [-1, {SIDE}, {SIDE}]) -> {OUTPUT}: float32 [-1, 10]"
    function = signatures.get(SIGNATURE)
    if function is None:
        raise ContractMismatchError(directory, f"signatures {sorted(signatures)}", expected)
    inputs, outputs = function.structured_input_signature[1], function.structured_outputs
    found = f"signature {SIGNATURE}({_describe(inputs)}) -> {_describe(outputs)}"
    if set(inputs) != {INPUT} or OUTPUT not in outputs:
        raise ContractMismatchError(directory, found, expected)
    given, made = inputs[INPUT], outputs[OUTPUT]
    if given.dtype != "uint8" or not given.shape.is_compatible_with((64, SIDE, SIDE)):
        raise ContractMismatchError(directory, found, expected)
    if made.dtype != "float32" or not made.shape.is_compatible_with((64, 10)):
        raise ContractMismatchError(directory, found, expected)

    def call(images: DigitImages) -> Answers:
        found = function(**{INPUT: tf.constant(images)})
        scores = found[SCORE_OUTPUT].numpy() if SCORE_OUTPUT in found else None
        return Answers.of(found[OUTPUT].numpy(), scores)

    return call


def _describe(tensors: Tensors) -> str:
    return ", ".join(f"{name}: {t.dtype.name} {t.shape}" for name, t in sorted(tensors.items()))
