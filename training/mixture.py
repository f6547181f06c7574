"""How much of training is rendered pictures, and of which kinds."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from training.config import TrainingConfig

SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {"font": 8 / 35, "written": 8 / 35, "spoiled": 6 / 35, "none": 7 / 35, "cut": 6 / 35}
)
"""Of the rendered pictures, in all and in each batch, by the kinds of `training.rendering`."""

VALIDATION_SHARE: Final = 1 / 20
"""As many more, of fonts and handwriting that training never sees, to measure on."""


def count_pictures(config: TrainingConfig) -> dict[str, int]:
    """Pictures of each kind to train on."""
    return _deal(config.rendered_images)


def count_validation_pictures(config: TrainingConfig) -> dict[str, int]:
    """Pictures of each kind to measure on."""
    return _deal(round(VALIDATION_SHARE * config.rendered_images))


def count_places(config: TrainingConfig) -> dict[str, int]:
    """Places of each kind in a batch; what they leave is MNIST's."""
    return _deal(round(config.rendered_share * config.batch_size))


def _deal(total: int) -> dict[str, int]:
    edges = np.round(np.cumsum(list(SHARES.values())) * total).astype(int)
    return dict(zip(SHARES, np.diff(edges, prepend=0).tolist(), strict=True))
