"""`digits-steps` writes what the pipeline does."""

import cv2
import numpy as np
import pytest
from papers import grain, on_paper, shade
from pictures import draw_seven, encode

from digits.imaging import read_digit
from digits.imaging.steps import main, steps

NAMES = ["decoded", "sheet", "polarity", "paper", "rulings", "contrast", "digit", "stroke", "frame"]


@pytest.mark.parametrize("index", range(3))
def test_the_last_step_is_the_digit_image(mnist_test, index):
    picture = encode(grain(shade(on_paper(mnist_test[0][index]), levels=60), sigma=4))

    made = dict(steps(picture))

    assert list(made) == NAMES
    np.testing.assert_array_equal(255 - made["frame"], read_digit(picture, max_pixels=10**7).image)


def test_writes_a_file_a_step(tmp_path):
    (tmp_path / "seven.png").write_bytes(encode(draw_seven()))

    status = main([str(tmp_path / "seven.png"), "--out", str(tmp_path / "out")])

    assert status == 0
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {*(f"{i}-{name}.png" for i, name in enumerate(NAMES, 1)), "pieces.png", "all.png"}
    assert cv2.imread(str(tmp_path / "out/9-frame.png"), cv2.IMREAD_UNCHANGED).shape == (28, 28)


def test_writes_what_there_is_of_a_blank_picture_and_says_so(tmp_path, capsys):
    (tmp_path / "blank.png").write_bytes(encode(np.full((90, 90), 250, np.uint8)))

    status = main([str(tmp_path / "blank.png"), "--out", str(tmp_path)])

    assert status == 1
    assert "Nothing on the image stands out" in capsys.readouterr().err
    assert (tmp_path / "5-rulings.png").exists()
    assert not (tmp_path / "5-contrast.png").exists()


def test_says_that_there_is_no_such_picture(tmp_path, capsys):
    assert main([str(tmp_path / "none.png"), "--out", str(tmp_path)]) == 1
    assert "none.png" in capsys.readouterr().err
