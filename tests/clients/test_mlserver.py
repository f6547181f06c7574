"""MLServer's types and codecs, in an environment of their own."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pictures import draw_seven, encode

PYTHON = Path(sys.prefix) / "mlserver" / "bin" / "python"
ASK = Path(__file__).parent / "mlserver" / "ask.py"


@pytest.mark.skipif(not PYTHON.is_file(), reason="MLServer is not installed: make clients-test")
def test_reads_mnist_and_a_picture(served, mnist_test, accuracy, tmp_path):
    np.save(tmp_path / "images.npy", mnist_test[0])
    (tmp_path / "seven.png").write_bytes(encode(draw_seven()))

    subprocess.run(
        [PYTHON, ASK, served, tmp_path / "images.npy", tmp_path / "seven.png", tmp_path / "answers.npz"],
        check=True,
    )

    answers = np.load(tmp_path / "answers.npz")
    assert answers["names"].tolist() == ["images", "image"]
    assert answers["picture"].argmax() == 7
    assert accuracy([answers["mnist"]]) >= 0.995
