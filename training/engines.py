"""A version's files as functions from digit images to what the graph says of them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from digits.contract import INPUT, OUTPUT, SIGNATURE, DigitImages, Probabilities
from digits.store import StoredModel

Engine: TypeAlias = Callable[[DigitImages], Probabilities]

Outputs: TypeAlias = dict[str, NDArray[np.float32]]
"""All outputs of the contract's signature, by name, each with a row an image."""

OutputsEngine: TypeAlias = Callable[[DigitImages], Outputs]


def open_version(version: StoredModel) -> Engine:
    """A version's probabilities."""
    return _one_of(open_outputs(version), OUTPUT)


def open_outputs(version: StoredModel) -> OutputsEngine:
    """A version's twin, or its SavedModel where it has none; only that loads TensorFlow."""
    return _open_twin(version.twin) if version.twin else _open_saved_model(version.directory)


def open_saved_model(folder: Path, *, output: str = OUTPUT) -> Engine:
    """An output of the SavedModel, through the contract's signature."""
    return _one_of(_open_saved_model(folder), output)


def open_twin(path: Path, *, output: str = OUTPUT) -> Engine:
    """An output of a LiteRT file, through the contract's signature."""
    return _one_of(_open_twin(path), output)


def _one_of(engine: OutputsEngine, output: str) -> Engine:
    return lambda images: engine(images)[output]


def _open_saved_model(folder: Path) -> OutputsEngine:
    import tensorflow as tf

    model = tf.saved_model.load(str(folder))
    function = model.signatures[SIGNATURE]

    def run(images: DigitImages, _owner: object = model) -> Outputs:  # it dies with its owner
        found = function(**{INPUT: tf.constant(images)})
        return {name: output.numpy() for name, output in found.items()}

    return run


def _open_twin(path: Path) -> OutputsEngine:
    interpreter = Interpreter(str(path), num_threads=1)
    runner = interpreter.get_signature_runner(SIGNATURE)

    def run(images: DigitImages) -> Outputs:
        found: Outputs = runner(**{INPUT: images})
        return found

    return run
