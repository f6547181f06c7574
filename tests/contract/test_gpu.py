"""`benchmarks/gpu.py` claims nothing that it did not measure."""

import gpu
import pytest
from stub_devices import StubDevices


@pytest.mark.parametrize(
    ("devices", "reason"),
    [
        pytest.param(StubDevices(), "TensorFlow can use no GPU here: nothing was measured.", id="none"),
        pytest.param(StubDevices(error="no driver"), "cannot be listed (no driver)", id="driver-fails"),
    ],
)
def test_without_a_gpu_nothing_is_measured_and_the_status_tells(capsys, devices, reason):
    status = gpu.main([], devices)

    out = capsys.readouterr().out
    assert status == gpu.NO_GPU == 3
    assert reason in out
    assert "images/s" not in out
    assert "parity" not in out
