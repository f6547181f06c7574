"""A network trains on several devices and in short numbers, and is exported as ever."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from typing import get_args

import keras
import numpy as np
import pytest
from stub_devices import StubDevices
from training_elsewhere import train

from digits.store import ModelStore
from training import pipeline
from training.checkpoint import open_network
from training.config import PrecisionName, TrainingConfig
from training.errors import DevicesError
from training.folding import fold_batch_norm
from training.placement import placed

SMALL = TrainingConfig(network="dense", hidden=(20,), batch_norm=True, epochs=2, train_images=640)
PLAIN = replace(SMALL, optimizer="sgd", peak_learning_rate=0.1, weight_decay=0.0, dropout=0.0)
TOLERANCE = 1e-5
"""Largest difference of a weight after 20 plain steps; the weights reach 1. Sums over a batch round in
another order."""


@pytest.fixture(scope="module")
def elsewhere():
    """Calls functions in one other process, whose TensorFlow has not begun yet."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        yield lambda function, *arguments: process.submit(function, *arguments).result()


@pytest.mark.slow
def test_two_devices_train_the_network_that_one_trains(elsewhere):
    expected = train(PLAIN)

    found = elsewhere(train, replace(PLAIN, devices=2))

    assert all(
        np.allclose(ours, theirs, rtol=0, atol=TOLERANCE)
        for ours, theirs in zip(found, expected, strict=True)
    )


@pytest.mark.slow
def test_a_broken_run_on_two_devices_ends_with_the_weights_of_an_unbroken_one(elsewhere, tmp_path):
    config = replace(SMALL, devices=2, dropout=0.2, weight_averaging=0.5)
    unbroken = elsewhere(train, config)

    broken = elsewhere(train, config, tmp_path / "run.npz", 1)
    resumed = elsewhere(train, config, tmp_path / "run.npz")

    assert broken is None
    assert all(map(np.array_equal, resumed, unbroken))


def test_trains_on_the_cpu_where_no_gpu_can_be_listed():
    warnings = []
    devices = StubDevices(error="no driver")

    with placed(SMALL, devices, warnings.append) as found:
        pass

    assert found == "the CPU"
    assert warnings == ["The GPUs cannot be listed (no driver): the CPU computes."]


def test_one_device_is_the_first_gpu_which_takes_the_memory_it_needs():
    devices = StubDevices(["A", "B"])

    with placed(SMALL, devices) as found:
        pass

    assert found == "GPU:0 (A)"
    assert devices.grown == ["A", "B"]


def test_several_devices_are_gpus_where_there_are_any():
    devices = StubDevices(["A", "B"])

    with (
        pytest.raises(DevicesError, match="there are 2 GPUs"),
        placed(replace(SMALL, devices=4), devices),
    ):
        pass


def test_says_that_there_are_too_few_devices(stand_in):
    """This process's TensorFlow has begun with one CPU, and no test needs a GPU."""
    pipeline.train(replace(SMALL, epochs=1, train_images=64), stand_in, {}, lambda _: None)

    with pytest.raises(DevicesError, match=r"^2 devices were asked for, but .*\. Lower --devices\.$"):
        pipeline.train(replace(SMALL, devices=2), stand_in, {}, lambda _: None)


def test_refuses_devices_among_which_a_batch_cannot_be_split():
    with pytest.raises(ValueError, match=r"^devices is 3; it must be a divisor of batch_size, 64$"):
        TrainingConfig(devices=3)


SHORT = [pytest.param(name, id=name) for name in get_args(PrecisionName) if name != "float32"]


@pytest.mark.parametrize("precision", SHORT)
@pytest.mark.parametrize("network", ["conv", "dense"])
def test_computes_in_short_numbers_and_keeps_weights_and_logits_in_float32(precision, network):
    with placed(TrainingConfig(precision=precision)):
        built = pipeline.reuse.begin(replace(SMALL, network=network))

    assert {layer.compute_dtype for layer in built.layers[:-1]} == {precision.removeprefix("mixed_")}
    assert {variable.dtype for variable in built.trainable_variables} == {"float32"}
    assert built.layers[-1].compute_dtype == built.outputs[0].dtype == "float32"
    assert {layer.compute_dtype for layer in fold_batch_norm(built).layers} == {"float32"}
    assert keras.config.dtype_policy().name == "float32", "nothing of it stays"


@pytest.mark.parametrize("precision", SHORT)
def test_what_was_trained_in_short_numbers_is_exported_in_float32(precision, stand_in, tmp_path):
    config = replace(PLAIN, precision=precision, min_accuracy=0)

    version = pipeline.run(
        config, stand_in, ModelStore(tmp_path), lambda _: None, cache=tmp_path, checkpoint=tmp_path / "run"
    )

    metrics = version.manifest.metrics
    assert metrics["test_accuracy"] > 0.2, "a guess is right in one of ten"
    assert max(metrics["saved_model_max_abs_diff"], metrics["twin_max_abs_diff"]) < 1e-5
    assert {layer.compute_dtype for layer in open_network(tmp_path / "run").layers[:-1]} == {
        precision.removeprefix("mixed_")
    }


@pytest.mark.slow
def test_a_broken_run_in_float16_ends_with_the_weights_of_an_unbroken_one(tmp_path):
    """The factor that keeps small gradients above 0 is part of the optimizer's state."""
    config = replace(SMALL, precision="mixed_float16")
    unbroken = train(config)

    assert train(config, tmp_path / "run.npz", 1) is None

    assert all(map(np.array_equal, train(config, tmp_path / "run.npz"), unbroken))


def test_reused_layers_compute_in_the_numbers_of_the_new_network(tmp_path):
    train(replace(SMALL, epochs=1), tmp_path / "run.npz")
    config = replace(SMALL, precision="mixed_bfloat16", start_from=str(tmp_path / "run.npz"), keep_layers=1)

    with placed(config):
        network = pipeline.reuse.begin(config)

    assert {layer.compute_dtype for layer in network.layers[:-1]} == {"bfloat16"}
