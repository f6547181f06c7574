"""Rendered pictures are dealt out by share, none lost to rounding."""

import pytest

from training.config import TrainingConfig
from training.mixture import (
    PICTURES,
    PLACES,
    count_pictures,
    count_places,
    count_spoiled,
    count_validation_pictures,
)
from training.rendering import KINDS


def test_shares_are_of_all_kinds_and_make_one():
    for shares in (PICTURES, PLACES):
        assert set(shares) == set(KINDS)
        assert sum(shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("images", [1_000, 140_000, 999_999])
def test_deals_out_all_pictures(images):
    config = TrainingConfig(rendered_share=0.5, rendered_images=images)

    assert sum(count_pictures(config).values()) == images
    assert sum(count_validation_pictures(config).values()) == round(images / 20)


def test_spoiled_images_have_their_share_of_a_batch():
    assert count_spoiled(TrainingConfig(batch_size=64, spoiled_share=0.125)) == 8


@pytest.mark.parametrize(("batch_size", "share", "places"), [(64, 0.5625, 36), (50, 0.1, 5), (7, 0.5, 4)])
def test_a_batch_has_its_share_of_places(batch_size, share, places):
    counts = count_places(TrainingConfig(batch_size=batch_size, rendered_share=share))

    assert sum(counts.values()) == places
    assert min(counts.values()) >= 0
