"""The sheets of docs/images have a row for each kind there is."""

import numpy as np
import pytest
from PIL import Image
from stand_in_mnist import load_stand_in

from training import augmentation
from training.commands.contact_sheets import OF_INK, OF_LIGHT, main, one_of_each


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images") / "new"
    assert main(["--into", str(folder)], load=load_stand_in) == 0
    return {path.name: Image.open(path) for path in folder.iterdir()}


def test_draws_a_sheet_of_each_sort_ten_digits_wide(drawn):
    assert sorted(drawn) == ["augmentation-photos.png", "augmentation.png", "corruptions.png", "rendered.png"]
    assert {sheet.width for sheet in drawn.values()} == {124 + 10 * 62}


def test_every_kind_has_a_row():
    kinds = set(augmentation.__all__) - {"Augmentation", "affine", "chain", "recipe"}

    assert {*OF_INK, *OF_LIGHT} - {"as it is"} == kinds


def test_shows_one_digit_of_each_class():
    mnist = load_stand_in()

    digits = one_of_each(mnist)

    labels = {
        image.tobytes(): label for image, label in zip(mnist.train_images, mnist.train_labels, strict=True)
    }
    assert [labels[digit.tobytes()] for digit in digits] == list(range(10))


def test_draws_the_same_sheet_every_time(drawn, tmp_path):
    main(["--into", str(tmp_path)], load=load_stand_in)

    for name, sheet in drawn.items():
        assert np.array_equal(np.asarray(Image.open(tmp_path / name)), np.asarray(sheet))
