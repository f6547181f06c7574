"""What every peer serves: Digits' imaging and the network it publishes, with no limits, metrics or errors."""

import json
import os
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from digits.contract import INPUT, OUTPUT, SCORE_OUTPUT, SIGNATURE, DigitImage, DigitImages
from digits.imaging import read_digit
from digits.store import ModelStore

STORE = Path(os.environ.get("DIGITS_MODEL_STORE", Path(__file__).parents[2] / "model_store"))
MAX_PIXELS = 50_000_000


def image_of(picture: bytes) -> DigitImage:
    """The digit image on an encoded picture."""
    return read_digit(picture, max_pixels=MAX_PIXELS).image


class LiteRT:
    """The twin of the newest version."""

    def __init__(self) -> None:
        from ai_edge_litert.interpreter import Interpreter

        cv2.setNumThreads(1)
        self._interpreter = Interpreter(str(ModelStore(STORE).open().twin), num_threads=1)
        self._interpreter.allocate_tensors()
        runner = self._interpreter.get_signature_runner(SIGNATURE)
        details = {**runner.get_input_details(), **runner.get_output_details()}
        self._index = {name: tensor["index"] for name, tensor in details.items()}

    def probabilities(self, image: DigitImage) -> np.ndarray:
        """float32 (10,), summing to 1."""
        self._interpreter.set_tensor(self._index[INPUT], image[None])
        self._interpreter.invoke()
        self._interpreter.get_tensor(self._index[SCORE_OUTPUT])
        return self._interpreter.get_tensor(self._index[OUTPUT])[0]

    def __call__(self, picture: bytes) -> dict[str, Any]:
        """From a file to what is answered."""
        return answer(self.probabilities(image_of(picture)))


class SavedModel:
    """The newest version in TensorFlow, for batches."""

    def __init__(self, *, threads: int, warmed: tuple[int, ...]) -> None:
        import tensorflow as tf

        cv2.setNumThreads(1)
        tf.config.threading.set_intra_op_parallelism_threads(threads)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self._model = tf.saved_model.load(str(ModelStore(STORE).open().directory))
        self._function = self._model.signatures[SIGNATURE]
        self._constant = tf.constant
        for size in warmed:
            self(np.zeros((size, 28, 28), np.uint8))

    def __call__(self, images: DigitImages) -> np.ndarray:
        """float32 (n, 10)."""
        return self._function(**{INPUT: self._constant(images)})[OUTPUT].numpy()


def answer(probabilities: np.ndarray) -> dict[str, Any]:
    """What clients get: the digit and how sure the model is."""
    exact = probabilities.tolist()
    digit = int(probabilities.argmax())
    return {"digit": digit, "confidence": exact[digit], "probabilities": exact}


def as_json(probabilities: np.ndarray) -> bytes:
    """The same, encoded, for servers that leave it to their users."""
    return json.dumps(answer(probabilities)).encode()
