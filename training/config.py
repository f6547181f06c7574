"""Everything that decides what a training run produces, each default written once."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

TRAIN_IMAGES: Final = 55_000
VALIDATION_IMAGES: Final = 5_000
"""The first of the 60,000 training images, held out. All choices rest on them, none on the test set."""

NetworkName = Literal["conv"]
"""Architectures in `training.networks`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything that decides what a run produces: equal configs give equal weights on one machine.

    `digits-train` makes a flag of each attribute; the descriptions below are its help.

    Attributes:
        network: Architecture to train, by its name in `training.networks`.
        epochs: Passes over the training images.
        batch_size: Images in one step; what does not fill a batch waits for the next epoch's shuffle.
        peak_learning_rate: Reached after warm-up, then decayed to 0 by a cosine.
        warmup_fraction: Share of all steps in which the rate rises from 0 to its peak.
        weight_decay: AdamW's pull toward 0, times the rate; biases and batch norm are spared.
        dropout: Share of the last features dropped in a training step.
        max_rotation_deg: Augmentation turns an image by at most this much, either way.
        max_shift_px: It moves an image by at most this much along each axis.
        max_scale: It stretches each axis by at most this share, or shrinks it as much.
        max_shear: It slants an image by at most this many pixels a pixel.
        max_stroke: It thins or thickens strokes, 0 not at all, 1 by a pixel on each side.
        seed: Where all randomness starts: weights, order, augmentation, dropout.
        train_images: Train on the first so many only, for a quick trial; 0 is all 55,000.
        min_accuracy: Validation accuracy below which nothing is published.
    """

    network: NetworkName = "conv"
    epochs: int = 30
    batch_size: int = 64
    peak_learning_rate: float = 3e-3
    warmup_fraction: float = 0.15
    weight_decay: float = 0.02
    dropout: float = 0.4
    max_rotation_deg: float = 12.0
    max_shift_px: float = 2.0
    max_scale: float = 0.12
    max_shear: float = 0.15
    max_stroke: float = 0.0
    seed: int = 1
    train_images: int = 0
    min_accuracy: float = 0.994

    def __post_init__(self) -> None:
        if self.network not in get_args(NetworkName):
            raise ValueError(f"network is {self.network!r}; it must be one of {get_args(NetworkName)}")
        for name, (low, high) in _LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # false for NaN too
                raise ValueError(f"{name} is {value}; it must be from {low:g} to {high:g}")
        images = self.train_images or TRAIN_IMAGES
        if self.batch_size > images:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must be at most {images}, the images to train on"
            )


_LIMITS: Final[dict[str, tuple[float, float]]] = {
    "epochs": (1, 10_000),
    "batch_size": (1, TRAIN_IMAGES),
    "peak_learning_rate": (0, 1_000),
    "warmup_fraction": (0, 1),
    "weight_decay": (0, 10),
    "dropout": (0, 0.99),
    "max_rotation_deg": (0, 180),
    "max_shift_px": (0, 28),
    "max_scale": (0, 0.9),
    "max_shear": (0, 2),
    "max_stroke": (0, 1),
    "seed": (0, 2**32 - 1),
    "train_images": (0, TRAIN_IMAGES),
    "min_accuracy": (0, 1),
}
