"""A version's files as functions from digit images to probabilities."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from ai_edge_litert.interpreter import Interpreter

from digits.contract import INPUT, OUTPUT, SIGNATURE, DigitImages, Probabilities
from digits.store import StoredModel

Engine: TypeAlias = Callable[[DigitImages], Probabilities]


def open_version(version: StoredModel) -> Engine:
    """A version's twin, or its SavedModel where it has none; only that loads TensorFlow."""
    return open_twin(version.twin) if version.twin else open_saved_model(version.directory)


def open_saved_model(folder: Path, *, output: str = OUTPUT) -> Engine:
    """An output of the SavedModel, through the contract's signature."""
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))
    function = model.signatures[SIGNATURE]

    def run(images: DigitImages, _owner: object = model) -> Probabilities:  # it dies with its owner
        probabilities: Probabilities = function(**{INPUT: tf.constant(images)})[output].numpy()
        return probabilities

    return run


def open_twin(path: Path, *, output: str = OUTPUT) -> Engine:
    """An output of a LiteRT file, through the contract's signature."""
    interpreter = Interpreter(str(path), num_threads=1)
    runner = interpreter.get_signature_runner(SIGNATURE)

    def run(images: DigitImages) -> Probabilities:
        probabilities: Probabilities = runner(**{INPUT: images})[output]
        return probabilities

    return run
