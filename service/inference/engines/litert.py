"""The LiteRT engine: a version's twin on the CPU, without TensorFlow."""

import time
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from digits.contract import INPUT, OUTPUT, SCORE_OUTPUT, SIDE, SIGNATURE, DigitImages
from digits.errors import ModelCorruptError
from service.inference.engine import Answers

_MAX_BATCH: Final = 8
"""Images in one call at most: an interpreter keeps the memory for the largest batch it ever had."""

_QUICK_S: Final = 0.001
"""A network that takes longer for one picture is run in a thread. Ours take a tenth of it."""


class LiteRTEngine:
    """Runs a `.tflite` file, one call at a time.

    An interpreter is not thread-safe and keeps its tensors allocated for one batch size, so that
    a lock guards it and a change of size re-allocates. Batching gains nothing: 64 pictures
    in one call cost as much as 64 calls (`benchmarks/engines.py`).
    """

    name = "litert"
    batches = False

    def __init__(self, twin: Path) -> None:
        try:
            self._interpreter = Interpreter(str(twin), num_threads=1)
            tensors = _tensors(self._interpreter)
            self._input, self._output = tensors[INPUT], tensors[OUTPUT]
        except (ValueError, KeyError) as error:
            raise ModelCorruptError(twin, f"LiteRT cannot open it ({error}).") from error
        self._score_output = tensors.get(SCORE_OUTPUT)
        self._size = 0
        self._lock = Lock()
        self.predict(np.zeros((1, SIDE, SIDE), np.uint8))
        self.is_quick = min(self._elapsed_s() for _ in range(5)) < _QUICK_S

    def _elapsed_s(self) -> float:
        started_s = time.perf_counter()
        self.predict(np.zeros((1, SIDE, SIDE), np.uint8))
        return time.perf_counter() - started_s

    def predict(self, images: DigitImages) -> Answers:
        """See `Engine.predict`."""
        batches = (images[i : i + _MAX_BATCH] for i in range(0, len(images), _MAX_BATCH))
        return Answers.concatenate([self._predict_batch(batch) for batch in batches])

    def _predict_batch(self, images: DigitImages) -> Answers:
        with self._lock:
            if len(images) != self._size:
                self._interpreter.resize_tensor_input(self._input, images.shape)
                self._interpreter.allocate_tensors()
                self._size = len(images)
            self._interpreter.set_tensor(self._input, images)
            self._interpreter.invoke()
            probabilities = self._interpreter.get_tensor(self._output)
            scores = None if self._score_output is None else self._interpreter.get_tensor(self._score_output)
        return Answers.of(probabilities, scores)


def _tensors(interpreter: Interpreter) -> dict[str, int]:
    """Index of each tensor in the signature, by name. The runner ends here: one alive forbids resizing."""
    signature = interpreter.get_signature_runner(SIGNATURE)
    details = {**signature.get_input_details(), **signature.get_output_details()}
    return {name: tensor["index"] for name, tensor in details.items()}
