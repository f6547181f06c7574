"""GPUs are told to take only the memory they need, and whatever fails leaves the CPU."""

import pytest
from stub_devices import StubDevices

from digits.devices import Gpu, ready_gpus


def test_every_gpu_takes_only_the_memory_it_needs():
    devices, warnings = StubDevices(["A", "B"]), []

    assert ready_gpus(devices, warnings.append) == [Gpu("GPU:0", "A"), Gpu("GPU:1", "B")]
    assert devices.grown == ["A", "B"]
    assert warnings == []


def test_no_gpu_is_nothing_to_warn_of():
    warnings = []

    assert ready_gpus(StubDevices(), warnings.append) == []
    assert warnings == []


def test_a_driver_that_fails_leaves_the_cpu_and_a_line():
    warnings = []

    assert ready_gpus(StubDevices(error="version mismatch"), warnings.append) == []
    assert warnings == ["The GPUs cannot be listed (version mismatch): the CPU computes."]


def test_what_tensorflow_was_told_before_stands():
    assert ready_gpus(StubDevices(["A"], begun=True), pytest.fail) == [Gpu("GPU:0", "A")]


def test_a_gpu_without_a_name_is_one_all_the_same():
    assert str(ready_gpus(StubDevices([""]), pytest.fail)[0]) == "GPU:0 (unnamed)"
