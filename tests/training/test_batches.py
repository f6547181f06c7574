"""Batches hold every image at most once an epoch, in an order that seed and epoch decide alone."""

import numpy as np
import pytest

from training.batches import Batches, Part

IMAGES = np.repeat(np.arange(50, dtype=np.uint8), 784).reshape(50, 28, 28)
LABELS = np.arange(50, dtype=np.uint8)


def add_noise(images, random):
    return images + random.integers(0, 200, images.shape, np.uint8)


def batches(*, size=8, seed=1, augment=lambda images, _: images):
    return Batches([Part(IMAGES, LABELS, size, augment)], seed=seed)


def order(data):
    return [int(label) for index in range(len(data)) for label in data[index][1]]


def test_gives_full_batches_of_images_with_their_labels():
    data = batches()

    assert len(data) == 6, "what does not fill a batch is left out"
    for index in range(6):
        images, labels = data[index]
        assert images.shape == (8, 28, 28)
        assert images.dtype == labels.dtype == np.uint8
        assert np.array_equal(images[:, 0, 0], labels)


def test_gives_no_image_twice_an_epoch():
    seen = order(batches())

    assert len(set(seen)) == len(seen) == 48


def test_shuffles_differently_in_each_epoch_and_leaves_others_out():
    data = batches()
    orders = []
    for epoch in range(4):
        data.begin(epoch)
        orders.append(tuple(order(data)))

    assert len(set(orders)) == 4
    assert len({frozenset(seen) for seen in orders}) > 1
    assert all(seen != tuple(sorted(seen)) for seen in orders)


def test_a_batch_is_the_same_whoever_asks_and_when():
    forward, backward = batches(augment=add_noise), batches(augment=add_noise)

    expected = [forward[index] for index in range(6)]
    found = [backward[index] for index in (5, 0, 3, 3, 1, 4, 2)]

    for (images, labels), index in zip(found, (5, 0, 3, 3, 1, 4, 2), strict=True):
        assert np.array_equal(images, expected[index][0])
        assert np.array_equal(labels, expected[index][1])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda: batches(seed=2, augment=add_noise)[0], id="seed"),
        pytest.param(lambda: batches(augment=add_noise)[1], id="position"),
        pytest.param(lambda: next_epoch(batches(augment=add_noise))[0], id="epoch"),
    ],
)
def test_augments_differently_by(change):
    images, labels = batches(augment=add_noise)[0]
    other_images, other_labels = change()

    noise, other_noise = images[:, 1] - images[:, :1, 0], other_images[:, 1] - other_images[:, :1, 0]
    assert not np.array_equal(labels, other_labels)
    assert not np.array_equal(noise, other_noise)


def next_epoch(data):
    data.begin(1)
    return data


def keep(images, _):
    return images


def test_every_batch_has_its_places_of_each_part():
    others = Part(IMAGES[:12] + 100, LABELS[:12] + 100, 5, keep)
    data = Batches([Part(IMAGES, LABELS, 8, keep), others], seed=1)

    assert len(data) == 6, "the first part's passes are the epochs"
    seen = []
    for epoch in range(3):
        data.begin(epoch)
        for index in range(6):
            images, labels = data[index]
            assert np.array_equal(images[:, 0, 0], labels)
            assert [(labels < 100).sum(), (labels >= 100).sum()] == [8, 5]
            seen.append(tuple(labels[8:]))
    rounds = [{*seen[turn], *seen[turn + 1]} for turn in range(0, 18, 2)]
    assert all(len(labels) == 10 for labels in rounds), "none comes twice a round, two of twelve wait"
    assert len(set(seen)) == 18


def test_what_is_spoiled_is_taught_as_it_was_before():
    def darken(images, _):
        return images // 2

    def name(images, labels):
        return np.stack([images[:, 0, 0], labels], axis=1)

    data = Batches([Part(IMAGES, LABELS, 8, keep, teach=name, spoil=darken)], seed=1)

    images, targets = data[0]
    assert np.array_equal(targets[:, 0], targets[:, 1])
    assert np.array_equal(images[:, 0, 0], targets[:, 0] // 2)
