"""A trained network as files: the SavedModel of the image contract, and its LiteRT twin."""

import shutil
from pathlib import Path
from typing import Any, Final

import keras
import tensorflow as tf

from digits.contract import CLASSES, CLASSIFY_SIGNATURE, INPUT, OUTPUT, SCORE_OUTPUT, SIDE, SIGNATURE
from digits.store import TWIN_PATH, ModelStore
from training import heads
from training.errors import NoRoomError

ARCHITECTURE_PATH: Final = "assets.extra/network.json"
"""The served network without weights, as Keras's JSON: so that its layers can be reused."""

_NEEDED_BYTES: Final = 16 * 2**20
"""Room for a version and for what its writing leaves around for a moment."""


class Served(tf.Module):  # type: ignore[misc] # TensorFlow has no types
    """What is served: digit images in, probabilities out, each variable written once.

    Keras's own `export` tracks the network and its variables apart and writes every weight twice.
    """

    def __init__(self, network: keras.Model) -> None:
        super().__init__(name="digits")
        self.weights = [variable.value for variable in network.variables]
        # Kept in a closure: as an attribute the network would be tracked, and saved, a second time.
        self.serve = tf.function(
            lambda images: _answers(network(images, training=False)),
            input_signature=[tf.TensorSpec((None, SIDE, SIDE), tf.uint8, name=INPUT)],
        )
        self.classify = tf.function(
            lambda inputs: _labels(self.serve(_images(inputs))[OUTPUT]),
            input_signature=[tf.TensorSpec((None,), tf.string, name="inputs")],
        )


def _answers(logits: tf.Tensor) -> dict[str, tf.Tensor]:
    """What the contract's signature gives."""
    answers = {OUTPUT: heads.probabilities(logits)}
    if heads.scores_digits(logits):
        answers[SCORE_OUTPUT] = heads.digit_scores(logits)
    return answers


def _images(examples: tf.Tensor) -> tf.Tensor:
    """Digit images from serialized `tf.Example`s, uint8 (n, SIDE, SIDE)."""
    pixels = tf.io.parse_example(examples, {INPUT: tf.io.FixedLenFeature((SIDE, SIDE), tf.int64)})
    return tf.saturate_cast(pixels[INPUT], tf.uint8)


def _labels(probabilities: tf.Tensor) -> dict[str, tf.Tensor]:
    """What TensorFlow Serving's `:classify` takes from a signature: labels and their scores, (n, 10) each."""
    rows = tf.shape(probabilities)[0]
    return {"classes": tf.tile(tf.constant([CLASSES]), (rows, 1)), "scores": probabilities}


def write_saved_model(network: keras.Model, folder: Path) -> None:
    """Write the SavedModel.

    Args:
        network: uint8 (n, 28, 28) in, logits (n, 10) or, with one for no digit, (n, 11) out.
        folder: The SavedModel's folder; it exists and is empty.

    Raises:
        NoRoomError: The disk is full or read-only.
    """
    served = Served(network)
    signatures: dict[str, Any] = {
        SIGNATURE: served.serve.get_concrete_function(),
        CLASSIFY_SIGNATURE: served.classify.get_concrete_function(),
    }
    try:
        tf.saved_model.save(served, str(folder), signatures=signatures)
    except tf.errors.OpError as error:  # what TensorFlow makes of an OSError
        raise NoRoomError(folder, error.message) from error
    (folder / "assets").rmdir()  # always there and always empty, which git cannot keep


def write_twin(folder: Path) -> None:
    """Convert the SavedModel in the folder to LiteRT and put the twin beside it.

    float32, as the decision 0002 says.
    """
    converter = tf.lite.TFLiteConverter.from_saved_model(str(folder), signature_keys=[SIGNATURE])
    twin = folder / TWIN_PATH
    twin.parent.mkdir(exist_ok=True)
    twin.write_bytes(converter.convert())


def write_architecture(network: keras.Model, folder: Path) -> None:
    """Put the network's layers beside the SavedModel, whose graph no longer tells them apart."""
    (folder / ARCHITECTURE_PATH).write_text(network.to_json(indent=1) + "\n", encoding="utf-8")


def check_room(store: ModelStore) -> None:
    """Refuse to begin a run whose result could not be stored: staging now is as hard as it will be then.

    Raises:
        NoRoomError: The store cannot be written, or its disk is almost full.
    """
    try:
        with store.staging() as build:
            free = shutil.disk_usage(build).free
    except OSError as error:
        raise NoRoomError(store.root, str(error)) from error
    if free < _NEEDED_BYTES:
        raise NoRoomError(store.root, f"only {free:,} bytes are free; a version needs {_NEEDED_BYTES:,}")
