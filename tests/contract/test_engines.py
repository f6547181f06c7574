"""The served model through each engine, on all 10,000 MNIST test images."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from stub_devices import StubDevices

from digits.errors import ContractMismatchError, ModelCorruptError
from digits.store import ModelStore
from service.inference.engines.litert import LiteRTEngine
from service.inference.engines.tensorflow import TensorFlowEngine

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def model():
    return ModelStore(ROOT / "model_store").open()


@pytest.fixture(scope="module")
def engines(model):
    return {"litert": LiteRTEngine(model.twin), "tensorflow": TensorFlowEngine(model.directory, threads=2)}


@pytest.fixture(scope="module")
def answers(engines, mnist_test):
    return {name: engine.predict(mnist_test[0]).probabilities for name, engine in engines.items()}


each_engine = pytest.mark.parametrize("name", ["litert", "tensorflow"])


@each_engine
def test_reads_the_test_images(answers, mnist_test, name):
    accuracy = np.mean(answers[name].argmax(axis=1) == mnist_test[1])

    assert accuracy >= 0.995


@each_engine
def test_is_as_accurate_as_its_manifest_says(answers, mnist_test, model, name):
    accuracy = np.mean(answers[name].argmax(axis=1) == mnist_test[1])

    assert accuracy == pytest.approx(model.manifest.metrics["test_accuracy"], abs=2e-4)


@each_engine
def test_answers_with_probabilities(answers, name):
    assert answers[name].dtype == np.float32
    assert answers[name].min() >= 0
    np.testing.assert_allclose(answers[name].sum(axis=1), 1, atol=1e-5)


@each_engine
@pytest.mark.parametrize("size", [1, 2, 3, 64, 65, 130])
def test_an_answer_does_not_depend_on_its_batch(engines, answers, mnist_test, name, size):
    batch = engines[name].predict(mnist_test[0][:size]).probabilities

    assert batch.shape == (size, 10)
    np.testing.assert_allclose(batch, answers[name][:size], atol=1e-4)


def test_the_engines_agree(answers):
    litert, tensorflow = answers["litert"], answers["tensorflow"]

    assert np.mean(litert.argmax(axis=1) == tensorflow.argmax(axis=1)) >= 0.9995
    assert np.abs(litert - tensorflow).mean() <= 1e-3


def test_tensorflow_serves_a_saved_model_without_a_twin(model, mnist_test, tmp_path):
    folder = tmp_path / "digits" / "1"
    (folder / "variables").mkdir(parents=True)
    for name in (
        "saved_model.pb",
        *(f"variables/{p.name}" for p in (model.directory / "variables").iterdir()),
    ):
        (folder / name).write_bytes((model.directory / name).read_bytes())
    bare = ModelStore(tmp_path).open()

    answer = TensorFlowEngine(bare.directory, threads=2).predict(mnist_test[0][:1]).probabilities

    assert bare.manifest is bare.twin is None
    assert answer.argmax() == mnist_test[1][0]


@pytest.mark.skipif(bool(tf.config.list_physical_devices("GPU")), reason="there is a GPU to run it")
def test_tensorflow_says_that_a_gpu_fails_and_runs_on_the_cpu(model, mnist_test, caplog):
    with caplog.at_level("INFO", logger="digits.serve"):
        engine = TensorFlowEngine(model.directory, threads=2, devices=StubDevices(["A"]))

    failed, runs = (record.getMessage() for record in caplog.records)
    assert failed.startswith("GPU:0 (A) cannot run the model (")
    assert failed.endswith("): the CPU does")
    assert runs == "TensorFlow runs the model on the CPU"
    assert engine.device == "CPU:0"
    assert engine.predict(mnist_test[0][:1]).probabilities.argmax() == mnist_test[1][0]


def _save(folder, shape, dtype, output, width):
    @tf.function(input_signature=[tf.TensorSpec((None, *shape), dtype, name="images")])
    def serve(images):
        return {output: tf.zeros((tf.shape(images)[0], width))}

    tf.saved_model.save(
        tf.Module(), str(folder), signatures={"serving_default": serve.get_concrete_function()}
    )


@pytest.mark.parametrize(
    ("shape", "dtype", "output", "width", "found"),
    [
        pytest.param((28, 28), tf.float32, "probabilities", 10, "float32", id="float-input"),
        pytest.param((32, 32), tf.uint8, "probabilities", 10, "32, 32", id="other-size"),
        pytest.param((28, 28), tf.uint8, "logits", 10, "logits", id="other-output"),
        pytest.param((28, 28), tf.uint8, "probabilities", 47, "47", id="other-classes"),
    ],
)
def test_tensorflow_refuses_another_signature(tmp_path, shape, dtype, output, width, found):
    _save(tmp_path, shape, dtype, output, width)

    with pytest.raises(ContractMismatchError, match=found):
        TensorFlowEngine(tmp_path, threads=2)


def test_tensorflow_refuses_what_is_no_saved_model(tmp_path):
    (tmp_path / "saved_model.pb").write_bytes(b"nonsense")

    with pytest.raises(ModelCorruptError):
        TensorFlowEngine(tmp_path, threads=2)


def test_litert_refuses_what_is_no_model(tmp_path):
    (tmp_path / "model.tflite").write_bytes(b"nonsense" * 100)

    with pytest.raises(ModelCorruptError):
        LiteRTEngine(tmp_path / "model.tflite")
