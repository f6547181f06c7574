"""Requests that TensorFlow Serving runs when it loads a version, so that no client pays for the first one.

It reads them from a file of TFRecords, a `PredictionLog` each. That message is of `tensorflow-serving-api`,
which brings a second TensorFlow along; so its few fields around TensorFlow's own messages are written here,
and a test reads them with the official classes.
"""

from pathlib import Path
from typing import Final

import tensorflow as tf

from digits.contract import CLASSIFY_SIGNATURE, INPUT, SIDE, SIGNATURE
from digits.store import MODEL_NAME
from training.errors import NoRoomError

WARMUP_PATH: Final = "assets.extra/tf_serving_warmup_requests"
"""Where TensorFlow Serving looks for them (`saved_model_warmup_util.cc`)."""

_BATCHES: Final = (1, 8, 64)
"""TensorFlow optimizes anew for each number of images that it meets."""


def write_warmup(folder: Path) -> None:
    """Put the requests beside the SavedModel.

    Args:
        folder: The SavedModel's, with both signatures.

    Raises:
        NoRoomError: The disk is full or read-only.
    """
    path = folder / WARMUP_PATH
    try:
        path.parent.mkdir(exist_ok=True)
        with tf.io.TFRecordWriter(str(path)) as file:
            for images in _BATCHES:
                file.write(_predict_log(images))
            file.write(_classify_log())
    except (OSError, tf.errors.OpError) as error:
        raise NoRoomError(folder, str(error)) from error


def _predict_log(images: int) -> bytes:
    """PredictionLog.predict_log.request: a batch of blank images."""
    blank = tf.make_tensor_proto(0, tf.uint8, shape=(images, SIDE, SIDE))  # one 0 that stands for all
    entry = _field(1, INPUT.encode()) + _field(2, blank.SerializeToString())
    return _field(6, _field(1, _field(1, _model(SIGNATURE)) + _field(2, entry)))


def _classify_log() -> bytes:
    """PredictionLog.classify_log.request: one blank image, as an example."""
    pixels = tf.train.Feature(int64_list=tf.train.Int64List(value=[0] * SIDE * SIDE))
    example = tf.train.Example(features=tf.train.Features(feature={INPUT: pixels}))
    examples = _field(1, _field(1, example.SerializeToString()))
    return _field(2, _field(1, _field(1, _model(CLASSIFY_SIGNATURE)) + _field(2, examples)))


def _model(signature: str) -> bytes:
    """ModelSpec."""
    return _field(1, MODEL_NAME.encode()) + _field(3, signature.encode())


def _field(number: int, content: bytes) -> bytes:
    """A field that has a length, as all of these are, in Protocol Buffers' encoding."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    groups = bytearray()
    while value > 0x7F:
        groups.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*groups, value])
