"""From where to where each number of a training config may go."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TRAIN_IMAGES: Final = 55_000
"""MNIST's training images without those held out for validation."""

LIMITS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "epochs": (1, 10_000),
        "batch_size": (1, TRAIN_IMAGES),
        "peak_learning_rate": (0, 1_000),
        "warmup_fraction": (0, 1),
        "weight_decay": (0, 10),
        "l1": (0, 1),
        "l2": (0, 1),
        "max_norm": (0, 1_000),
        "dropout": (0, 0.99),
        "label_smoothing": (0, 0.99),
        "weight_averaging": (0, 0.99999),
        "validate_steps": (0, 1_000_000),
        "patience": (0, 1_000_000),
        "min_delta": (0, 100),
        "max_rotation_deg": (0, 180),
        "max_shift_px": (0, 28),
        "max_scale": (0, 0.9),
        "max_shear": (0, 2),
        "max_stroke": (0, 1),
        "elastic_px": (0, 10),
        "flip_share": (0, 1),
        "spoiled_share": (0, 0.9),
        "rendered_share": (0, 0.9),
        "rendered_images": (1_000, 10_000_000),
        "corrections_share": (0, 0.9),
        "taught_share": (0, 1),
        "keep_layers": (0, 100),
        "freeze_layers": (0, 100),
        "unfreeze_epochs": (0, 10_000),
        "devices": (1, 1_024),
        "seed": (0, 2**32 - 1),
        "train_images": (0, TRAIN_IMAGES),
        "min_accuracy": (0, 1),
    }
)
