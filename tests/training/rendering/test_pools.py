"""Pools of rendered digit images: reproducible, balanced, kept."""

import numpy as np
import pytest

from training.rendering.kinds import KINDS, NONE, Pool
from training.rendering.pools import load_pools, render_pools

FEW = {"font": 60, "written": 40, "none": 30, "several": 20}


@pytest.fixture(scope="module")
def written(mnist_test):
    return Pool(mnist_test[0][:500], mnist_test[1][:500])


@pytest.fixture(scope="module")
def pools(written):
    return render_pools(written, sizes=FEW, seed=3, held_out=False)


def test_a_pool_has_as_many_framed_images_as_asked(pools):
    assert {name: pool.images.shape for name, pool in pools.items()} == {
        name: (size, 28, 28) for name, size in FEW.items()
    }
    assert all((pool.images.max(axis=(1, 2)) > 100).all() for pool in pools.values())


def test_each_pool_has_its_labels(pools):
    assert set(pools["font"].labels) == set(range(10))
    assert set(pools["written"].labels) <= set(range(10))
    assert set(pools["none"].labels) == set(pools["several"].labels) == {NONE}


def test_the_number_of_processes_changes_no_picture(written, pools):
    alone = render_pools(written, sizes={"font": 60}, seed=3, held_out=False)  # one task: this process

    np.testing.assert_array_equal(alone["font"].images, pools["font"].images)


def test_held_out_fonts_and_other_seeds_give_other_pictures(written, pools):
    for changed in ({"seed": 3, "held_out": True}, {"seed": 4, "held_out": False}):
        other = render_pools(written, sizes={"font": 60}, **changed)["font"].images

        assert not any(np.array_equal(a, b) for a, b in zip(other, pools["font"].images, strict=True))


def test_pools_are_made_once(written, tmp_path):
    said = []
    load = {"cache": tmp_path, "written": written, "sizes": {"several": 30}, "seed": 1, "say": said.append}

    first, second = load_pools(**load), load_pools(**load)

    assert len(said) == 1
    np.testing.assert_array_equal(first["several"].images, second["several"].images)
    np.testing.assert_array_equal(first["several"].labels, second["several"].labels)
    assert [file.suffix for file in tmp_path.iterdir()] == [".npz"]


def test_other_handwriting_is_no_hit_of_the_cache(written, tmp_path):
    said = []
    other = Pool(written.images[::-1], written.labels[::-1])
    for handwriting in (written, other):
        load_pools(tmp_path, handwriting, sizes={"several": 5}, seed=1, say=said.append)

    assert len(said) == 2


def test_every_kind_is_tested_here():
    assert set(KINDS) == set(FEW)
