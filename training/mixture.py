"""How much of training is rendered pictures, and of which kinds, and how much is spoiled."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from training.config import TrainingConfig

PICTURES: Final[Mapping[str, float]] = MappingProxyType(
    {"font": 7 / 22, "written": 7 / 22, "none": 6 / 22, "several": 2 / 22}
)
"""Share of each kind of `training.rendering` in all rendered pictures."""

PLACES: Final[Mapping[str, float]] = MappingProxyType(
    {"font": 12 / 36, "written": 14 / 36, "none": 8 / 36, "several": 2 / 36}
)
"""Share of each in a batch's rendered pictures."""

CORRECTED: Final = "corrected"
"""The kind of pictures that is not rendered: what people said against answers."""

VALIDATION_SHARE: Final = 1 / 20
"""As many more, of fonts and handwriting that training never sees, to measure on."""


def count_pictures(config: TrainingConfig) -> dict[str, int]:
    """Pictures of each kind to train on."""
    return _deal(PICTURES, config.rendered_images)


def count_validation_pictures(config: TrainingConfig) -> dict[str, int]:
    """Pictures of each kind to measure on."""
    return _deal(PICTURES, round(VALIDATION_SHARE * config.rendered_images))


def count_places(config: TrainingConfig) -> dict[str, int]:
    """Places of each kind in a batch; what they leave is MNIST's."""
    return _deal(PLACES, round(config.rendered_share * config.batch_size))


def count_spoiled(config: TrainingConfig) -> int:
    """Places of spoiled images in a batch: its last ones."""
    return round(config.spoiled_share * config.batch_size)


def count_corrections(config: TrainingConfig) -> int:
    """Places of corrections in a batch; at least one where there are any."""
    return max(1, round(config.corrections_share * config.batch_size)) if config.corrections_share else 0


def _deal(shares: Mapping[str, float], total: int) -> dict[str, int]:
    edges = np.round(np.cumsum(list(shares.values())) * total).astype(int)
    return dict(zip(shares, np.diff(edges, prepend=0).tolist(), strict=True))
