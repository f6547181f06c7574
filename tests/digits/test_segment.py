"""Of all ink on a picture, the digit's is kept."""

import numpy as np
import pytest

from digits.errors import BlankImageError
from digits.imaging.segment import keep_digit


def blank():
    return np.zeros((200, 200), np.uint8)


def bar(ink, top, left, height, width, value=255):
    ink[top : top + height, left : left + width] = value
    return ink


def test_cuts_the_digit_out_with_a_pixel_of_margin():
    cut = keep_digit(bar(blank(), 50, 80, 100, 20))

    assert cut.shape == (102, 22)
    assert cut[1:-1, 1:-1].min() == 255
    assert cut.sum() == 100 * 20 * 255


def test_keeps_the_soft_edge_of_a_stroke():
    soft = bar(bar(blank(), 49, 79, 102, 22, 40), 50, 80, 100, 20)

    assert keep_digit(soft)[0, 1] == 40


def test_keeps_strokes_that_belong_together():
    five = bar(bar(blank(), 40, 80, 12, 50), 70, 80, 80, 20)  # a bar above its body, apart

    assert keep_digit(five).shape[0] == 112


def test_joins_a_chain_of_pieces():
    broken = blank()
    for top in range(20, 180, 25):
        bar(broken, top, 95, 15, 12)

    assert keep_digit(broken).shape[0] >= 160


@pytest.mark.parametrize(
    ("top", "left", "height", "width"),
    [
        pytest.param(10, 10, 3, 3, id="speck"),
        pytest.param(0, 170, 60, 30, id="thing-in-a-corner"),
        pytest.param(0, 0, 200, 8, id="dark-border"),
        pytest.param(190, 0, 10, 200, id="shadow-along-the-edge"),
    ],
)
def test_drops_what_is_not_the_digit(top, left, height, width):
    digit = bar(blank(), 60, 80, 80, 25)

    cut = keep_digit(bar(digit.copy(), top, left, height, width))

    np.testing.assert_array_equal(cut, keep_digit(digit))


def test_keeps_a_digit_that_fills_its_frame():
    ring = bar(bar(blank(), 0, 0, 200, 200), 40, 40, 120, 120, 0)

    assert keep_digit(ring).sum() == ring.sum()


def test_faint_ink_alone_is_blank():
    with pytest.raises(BlankImageError):
        keep_digit(bar(blank(), 50, 50, 50, 50, 30))
