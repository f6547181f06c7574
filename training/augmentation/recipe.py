"""The augmentation that a config asks for."""

from training.augmentation.affine import affine
from training.augmentation.chain import Augmentation, chain
from training.augmentation.elastic import elastic
from training.augmentation.frame import flip
from training.augmentation.stroke import stroke
from training.config import TrainingConfig


def recipe(config: TrainingConfig) -> Augmentation:
    """All that the config turns on, in the order in which a digit comes about: pen, hand, paper.

    Mishaps come after it: see `spoil`.
    """
    return chain(
        stroke(amount=config.max_stroke),
        elastic(amount_px=config.elastic_px),
        affine(
            rotation_deg=config.max_rotation_deg,
            shift_px=config.max_shift_px,
            scale=config.max_scale,
            shear=config.max_shear,
        ),
        flip(share=config.flip_share),
    )
