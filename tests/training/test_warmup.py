"""The warm-up requests, read with TensorFlow Serving's official messages and put to the SavedModel."""

import resource
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from training.errors import NoRoomError
from training.export import write_saved_model
from training.warmup import WARMUP_PATH, write_warmup

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the generated code says of itself is not ours
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    keras.utils.set_random_seed(1)
    network = keras.Sequential(
        [
            keras.Input((28, 28), dtype="uint8"),
            layers.Rescaling(1 / 255),
            layers.Flatten(),
            layers.Dense(11, bias_initializer="random_normal"),
        ]
    )
    folder = tmp_path_factory.mktemp("version")
    write_saved_model(network, folder)
    write_warmup(folder)
    return folder


@pytest.fixture(scope="module")
def logs(folder):
    records = tf.data.TFRecordDataset(str(folder / WARMUP_PATH)).as_numpy_iterator()
    return [PredictionLog.FromString(record) for record in records]


@pytest.fixture(scope="module")
def answer(folder):
    """Runs a signature as TensorFlow Serving does: in a session, by the names of its tensors."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        signatures = tf.compat.v1.saved_model.load(session, ["serve"], str(folder)).signature_def

        def run(signature, **inputs):
            found = signatures[signature]
            fed = {found.inputs[name].name: value for name, value in inputs.items()}
            assert set(inputs) == set(found.inputs)
            return session.run({name: each.name for name, each in found.outputs.items()}, fed)

        yield run


def test_lie_where_tensorflow_serving_looks(folder):
    assert (folder / "assets.extra/tf_serving_warmup_requests").is_file()


def test_carry_nothing_that_the_official_messages_do_not_know(logs):
    assert [log.WhichOneof("log_type") for log in logs] == ["predict_log"] * 3 + ["classify_log"]
    for log in logs:
        known = PredictionLog()
        known.CopyFrom(log)
        known.DiscardUnknownFields()
        assert known.ByteSize() == log.ByteSize()
        request = (log.predict_log if log.HasField("predict_log") else log.classify_log).request
        assert request.model_spec.name == "digits"


def test_predictions_are_answered_for_each_batch(logs, answer):
    sizes = []
    for request in [log.predict_log.request for log in logs[:3]]:
        inputs = {name: tf.make_ndarray(tensor) for name, tensor in request.inputs.items()}
        answers = answer(request.model_spec.signature_name, **inputs)
        sizes.append(len(inputs["images"]))
        assert answers["probabilities"].shape == (sizes[-1], 10)
        assert answers["digit_score"].shape == (sizes[-1],)
        assert not inputs["images"].any()

    assert sizes == [1, 8, 64]


def test_the_classification_is_answered(logs, answer):
    request = logs[3].classify_log.request
    examples = [each.SerializeToString() for each in request.input.example_list.examples]

    labels = answer(request.model_spec.signature_name, inputs=examples)

    assert [label.decode() for label in labels["classes"][0]] == list("0123456789")
    assert labels["scores"].sum() == pytest.approx(1)


def example(pixels):
    feature = tf.train.Feature(int64_list=tf.train.Int64List(value=pixels))
    return tf.train.Example(features=tf.train.Features(feature={"images": feature})).SerializeToString()


def test_both_signatures_say_the_same_of_an_image(answer, mnist_test):
    images = mnist_test[0][:5]

    scores = answer("classify", inputs=[example(each.ravel()) for each in images])["scores"]

    np.testing.assert_array_equal(scores, answer("serving_default", images=images)["probabilities"])


def test_are_the_same_bytes_each_time(folder, tmp_path):
    write_warmup(tmp_path)

    assert (tmp_path / WARMUP_PATH).read_bytes() == (folder / WARMUP_PATH).read_bytes()


def test_says_so_when_the_disk_is_full(tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(NoRoomError, match=r"--model-store"):
            write_warmup(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
