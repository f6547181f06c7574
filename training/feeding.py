"""What training is fed: MNIST's training images and rendered pictures, mixed in every batch."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from training import augmentation
from training.batches import Augment, Batches, Part, Teach, teach_labels
from training.config import VALIDATION_IMAGES, TrainingConfig
from training.dataset import Mnist
from training.distillation import open_teachers, teach_answers, teach_rows
from training.mixture import (
    CORRECTED,
    count_corrections,
    count_pictures,
    count_places,
    count_spoiled,
    count_validation_pictures,
)
from training.rendering import Pool, Pools, load_pools

_SEED: Final = 1
"""Of all rendered pictures, whatever the run's own seed: they are made once for many runs."""

_ROTATION_DEG: Final = 5.0
_SHIFT_PX: Final = 1.0
_STRETCH: Final = 0.05
"""Rendered pictures differ enough already; a little more makes each showing another."""

_SPOILED_SHIFT_PX: Final = 2.0
"""What is spoiled also lies farther from its place."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """Rendered pictures by kind; none where a config asks for none.

    Attributes:
        training: To train on.
        validation: Of fonts and handwriting that training never sees.
    """

    training: Pools = field(default_factory=dict)
    validation: Pools = field(default_factory=dict)


def render(config: TrainingConfig, mnist: Mnist, cache: Path, say: Callable[[str], None]) -> Rendered:
    """The pictures that the config asks for, from the cache or made now."""
    if not config.scores_digits:
        return Rendered()
    return Rendered(
        training=load_pools(
            cache,
            Pool(mnist.train_images[VALIDATION_IMAGES:], mnist.train_labels[VALIDATION_IMAGES:]),
            sizes=count_pictures(config),
            seed=_SEED,
            say=say,
        ),
        validation=load_pools(
            cache,
            Pool(mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]),
            sizes=count_validation_pictures(config),
            seed=_SEED,
            held_out=True,
            say=say,
        ),
    )


def training_batches(config: TrainingConfig, mnist: Mnist, pools: Pools) -> Batches:
    """The training images after the validation images, and pictures of other kinds, shuffled and augmented.

    Spoiled images, where there are any, are the last of each batch.
    """
    end = VALIDATION_IMAGES + config.train_images if config.train_images else None
    places = count_places(config) if pools else {}
    spoiled_places = count_spoiled(config)
    corrected_places = count_corrections(config) if CORRECTED in pools else 0
    teach, teach_others = _teaching(config)
    written = Part(
        mnist.train_images[VALIDATION_IMAGES:end],
        mnist.train_labels[VALIDATION_IMAGES:end],
        places=config.batch_size - sum(places.values()) - spoiled_places - corrected_places,
        augment=augmentation.recipe(config),
        teach=teach,
    )
    spoiled = replace(
        written,
        places=spoiled_places,
        spoil=augmentation.chain(augmentation.shift(shift_px=_SPOILED_SHIFT_PX), augmentation.spoil()),
    )
    little = augmentation.affine(
        rotation_deg=_ROTATION_DEG, shift_px=_SHIFT_PX, scale=_STRETCH, shear=_STRETCH
    )
    pictures = [
        Part(pools[kind].images, pools[kind].labels, places=count, augment=little, teach=teach_others)
        for kind, count in places.items()
        if count
    ]
    if CORRECTED in pools:
        pictures.append(_repeated(pools[CORRECTED], corrected_places, little, teach_others))
    return Batches([written, *pictures, *([spoiled] if spoiled_places else [])], seed=config.seed)


def _teaching(config: TrainingConfig) -> tuple[Teach, Teach]:
    """What is to be learned of MNIST's images, and of all others."""
    if not config.teachers:
        return teach_labels, teach_labels
    teachers = open_teachers([Path(folder) for folder in config.teachers])
    return teach_answers(teachers, config.taught_share, config.classes), teach_rows(config.classes)


def _repeated(pool: Pool, places: int, augment: Augment, teach: Teach) -> Part:
    """A part of each batch; of few pictures each is in it several times."""
    times = -(-places // len(pool.images))
    images, labels = np.tile(pool.images, (times, 1, 1)), np.tile(pool.labels, times)
    return Part(images, labels, places=places, augment=augment, teach=teach)
