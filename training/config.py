"""Everything that decides what a training run produces, each default written once."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, Self, get_args, get_origin

from digits.contract import CLASSES
from training.limits import LIMITS, TRAIN_IMAGES

VALIDATION_IMAGES: Final = 5_000
"""The first of the 60,000 training images, held out. All choices rest on them, none on the test set."""

NetworkName = Literal["conv", "dense"]
"""Architectures in `training.networks`."""

ActivationName = Literal["relu", "leaky_relu", "elu", "selu", "gelu", "sigmoid", "tanh"]
InitializerName = Literal["auto", "glorot_uniform", "he_normal", "lecun_normal", "two_over_sqrt_inputs"]
OptimizerName = Literal["adamw", "sgd"]
ScheduleName = Literal["cosine", "constant"]
PrecisionName = Literal["float32", "mixed_float16", "mixed_bfloat16"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingConfig:
    """Everything that decides what a run produces: equal configs give equal weights on one machine.

    `digits-train` makes a flag of each attribute; the descriptions below are its help.

    Attributes:
        network: Architecture to train, by its name in `training.networks`.
        filters: Filters of each of a convolutional network's five convolutions.
        remove_background: A convolutional network first takes away what is wider than a stroke, and stretches
            the rest to full strength.
        hidden: Units of each hidden layer of a dense network, from the image on.
        batch_norm: Normalize each hidden layer of a dense network; a convolutional one always is.
        activation: What each hidden layer ends with.
        initializer: Distribution of the first kernels; auto is lecun_normal for selu, else glorot_uniform.
        optimizer: How gradients move weights; sgd is plain, without momentum.
        schedule: What the rate does after warm-up: falls to 0 by a cosine, or stays.
        epochs: Passes over the training images.
        batch_size: Images in one step; what does not fill a batch waits for the next epoch's shuffle.
        peak_learning_rate: Reached after warm-up.
        warmup_fraction: Share of all steps in which the rate rises from 0 to its peak.
        weight_decay: Pull toward 0 in each step, times the rate; biases and batch norm are spared.
        l1: Penalty on the kernels' absolute values, added to the loss.
        l2: Penalty on the kernels' squares, added to the loss.
        max_norm: Longest that the weights into one unit may get; 0 sets no limit.
        dropout: Share of features dropped in a training step: the last ones of a convolutional network,
            those of each hidden layer of a dense one.
        label_smoothing: Share of each label that is spread evenly over all classes.
        weight_averaging: How much of the running average of the weights outlives a step, 0.999 or so;
            the average is what is kept. 0 keeps the last weights.
        keep_best: Keep the weights of the best validation loss, not the last ones.
        validate_steps: Look for the best weights every so many steps; 0 looks once an epoch.
        patience: Stop after so many looks without progress and keep the best weights; 0 never stops.
        min_delta: Fall of the validation loss that counts as progress.
        show_test: Say the test accuracy after each epoch too; nothing is chosen by it.
        max_rotation_deg: Augmentation turns an image by at most this much, either way.
        max_shift_px: It moves an image by at most this much along each axis.
        max_scale: It stretches each axis by at most this share, or shrinks it as much.
        max_shear: It slants an image by at most this many pixels a pixel.
        max_stroke: It thins or thickens strokes, 0 not at all, 1 by a pixel on each side.
        elastic_px: It bends strokes by smooth random moves of this standard deviation.
        flip_share: It mirrors this share of the images, which harms digits.
        spoiled_share: Share of each batch that is MNIST's images spoiled: grainy, out of focus, outlined.
        rendered_share: Share of each batch that is rendered pictures: digits of fonts and of MNIST's hands,
            photographed, and what is no digit; the network then scores that too. 0 is none.
        rendered_images: How many of them there are; they are made once and kept in the cache.
        corrections_share: Share of each batch that is people's corrections, which --corrections names; the
            whole network of start_from is then tuned on. 0 is none.
        teachers: Published versions, by their folders, whose mean answer to each of MNIST's images is learned
            beside its label; none by default.
        taught_share: How much of the label is that answer.
        start_from: Reuse lower layers of this network: a published version's folder, or a checkpoint's file.
        keep_layers: How many of its layers with weights are kept, from the image on; 0 is all but the last.
        freeze_layers: How many of these do not train.
        unfreeze_epochs: After every so many epochs the highest frozen layer thaws; 0 thaws none. Each of
            these stages has a schedule of its own.
        devices: Train on so many GPUs, each on its part of every batch; without any, on parts of the CPU.
        precision: What a network computes in while it trains; the mixed ones keep float32 weights and
            logits, and are for GPUs.
        seed: Where all randomness starts: weights, order, augmentation, dropout.
        train_images: Train on the first so many only, for a quick trial; 0 is all 55,000.
        min_accuracy: Validation accuracy below which nothing is published.
    """

    network: NetworkName = "conv"
    filters: tuple[int, ...] = (32, 32, 64, 64, 128)
    remove_background: bool = False
    hidden: tuple[int, ...] = (300, 100)
    batch_norm: bool = False
    activation: ActivationName = "relu"
    initializer: InitializerName = "auto"
    optimizer: OptimizerName = "adamw"
    schedule: ScheduleName = "cosine"
    epochs: int = 30
    batch_size: int = 64
    peak_learning_rate: float = 3e-3
    warmup_fraction: float = 0.15
    weight_decay: float = 0.02
    l1: float = 0.0
    l2: float = 0.0
    max_norm: float = 0.0
    dropout: float = 0.4
    label_smoothing: float = 0.0
    weight_averaging: float = 0.0
    keep_best: bool = False
    validate_steps: int = 0
    patience: int = 0
    min_delta: float = 0.0
    show_test: bool = False
    max_rotation_deg: float = 12.0
    max_shift_px: float = 2.0
    max_scale: float = 0.12
    max_shear: float = 0.15
    max_stroke: float = 0.0
    elastic_px: float = 0.0
    flip_share: float = 0.0
    spoiled_share: float = 0.0
    rendered_share: float = 0.0
    rendered_images: int = 88_000
    corrections_share: float = 0.0
    teachers: tuple[str, ...] = ()
    taught_share: float = 0.7
    start_from: str = ""
    keep_layers: int = 0
    freeze_layers: int = 0
    unfreeze_epochs: int = 0
    devices: int = 1
    precision: PrecisionName = "float32"
    seed: int = 1
    train_images: int = 0
    min_accuracy: float = 0.994

    def __post_init__(self) -> None:
        for field in fields(self):
            value, allowed = getattr(self, field.name), get_args(field.type)
            if get_origin(field.type) is Literal and value not in allowed:
                raise ValueError(f"{field.name} is {value!r}; it must be one of {allowed}")
        for name, (low, high) in LIMITS.items():
            value = getattr(self, name)
            if not low <= value <= high:  # false for NaN too
                raise ValueError(f"{name} is {value}; it must be from {low:g} to {high:g}")
        self._check_together()
        self._check_corrections()
        self._check_places()

    @property
    def keeps_best(self) -> bool:
        """Whether the best weights are kept instead of the last ones."""
        return self.keep_best or self.patience > 0 or self.validate_steps > 0

    @property
    def scores_digits(self) -> bool:
        """Whether the network learns to tell digits from all else."""
        return self.rendered_share > 0

    @property
    def classes(self) -> int:
        """The network's outputs: the digits; and what is none, where training shows it such."""
        return len(CLASSES) + self.scores_digits

    def as_json(self) -> dict[str, Any]:
        """The config as JSON has it: tuples become lists."""
        members: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return members

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Self:
        """The config that `as_json` gave.

        Raises:
            TypeError, ValueError: A member is unknown or wrong.
        """
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in members.items()}
        return cls(**values)

    def _check_together(self) -> None:
        """Refuse what is wrong only beside something else."""
        if len(self.filters) != _CONVOLUTIONS or not all(1 <= count <= _MAX_UNITS for count in self.filters):
            raise ValueError(
                f"filters is {self.filters}; it must be {_CONVOLUTIONS} numbers from 1 to {_MAX_UNITS}, as "
                "32,32,64,64,128"
            )
        if not self.hidden or not all(1 <= units <= _MAX_UNITS for units in self.hidden):
            raise ValueError(
                f"hidden is {self.hidden}; it must be one or more numbers from 1 to {_MAX_UNITS}, as 300,100"
            )
        images = self.train_images or TRAIN_IMAGES
        if self.batch_size > images:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must be at most {images}, the images to train on"
            )
        left = _MAX_BESIDE - self.rendered_share
        if self.spoiled_share > left:
            raise ValueError(
                f"spoiled_share is {self.spoiled_share}; it must be at most {left:g} where "
                f"rendered_share is {self.rendered_share}, since MNIST's own images need places too"
            )
        if self.batch_size % self.devices:
            raise ValueError(
                f"devices is {self.devices}; it must be a divisor of batch_size, {self.batch_size}"
            )
        if not self.start_from and (self.keep_layers or self.freeze_layers):
            raise ValueError(
                f"start_from is {self.start_from!r}; it must be a version's folder or a checkpoint's file "
                "where keep_layers or freeze_layers is given"
            )
        if self.weight_averaging and self.keeps_best:
            raise ValueError(
                f"weight_averaging is {self.weight_averaging}; it must be 0 beside keep_best, patience or "
                "validate_steps: the best weights or the average can be kept, not both"
            )

    def _check_corrections(self) -> None:
        """Refuse what is wrong only beside corrections."""
        if not self.corrections_share:
            return
        left = _MAX_BESIDE - self.rendered_share - self.spoiled_share
        if self.corrections_share > left:
            raise ValueError(
                f"corrections_share is {self.corrections_share}; it must be at most {left:g} beside what is "
                "rendered and spoiled, since MNIST's own images need places too"
            )
        if self.keep_layers:
            raise ValueError(
                f"keep_layers is {self.keep_layers}; it must be 0 where corrections_share is given: the "
                "whole network is kept"
            )

    def _check_places(self) -> None:
        """Refuse a batch that has no place left for MNIST."""
        others = self.rendered_share + self.spoiled_share + self.corrections_share
        if self.batch_size * (1 - others) < 1:
            raise ValueError(
                f"batch_size is {self.batch_size}; it must be more, or nothing is left for MNIST's own "
                f"images beside {others:.0%} of others"
            )


_MAX_BESIDE: Final = 0.9
"""Share of a batch that all may take together that is not MNIST as it is."""
_MAX_UNITS: Final = 10_000
_CONVOLUTIONS: Final = 5
