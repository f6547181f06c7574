"""Recipes by name: complete configs, each a starting point from which flags differ."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

from training.config import TrainingConfig

RecipeName = Literal["pictures", "taught", "corrections", "conv", "article", "one-hidden", "dense-modern"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """A config with a name.

    Attributes:
        about: What it trains, in one line.
        config: All of it.
        published: Whether a run publishes unless told otherwise. Only networks that are meant to be
            served: whoever tries the article's network must not find it served afterwards.
    """

    about: str
    config: TrainingConfig
    published: bool = False


_ARTICLE: Final = TrainingConfig(
    network="dense",
    hidden=(300, 100),
    initializer="two_over_sqrt_inputs",
    optimizer="sgd",
    schedule="constant",
    epochs=40,
    batch_size=50,
    peak_learning_rate=0.01,
    warmup_fraction=0.0,
    weight_decay=0.0,
    dropout=0.0,
    keep_best=True,
    show_test=True,
    max_rotation_deg=0.0,
    max_shift_px=0.0,
    max_scale=0.0,
    max_shear=0.0,
    min_accuracy=0.96,
)

_PICTURES: Final = TrainingConfig(remove_background=True, rendered_share=0.5, spoiled_share=0.0625, epochs=14)

RECIPES: Final[Mapping[RecipeName, Recipe]] = MappingProxyType(
    {
        "pictures": Recipe(
            "the convolutional network that is served, on MNIST and rendered pictures",
            _PICTURES,
            published=True,
        ),
        "taught": Recipe(
            "the same with more filters, for longer, and taught by version 1",
            replace(_PICTURES, filters=(32, 48, 64, 72, 128), epochs=30, teachers=("model_store/digits/1",)),
        ),
        "corrections": Recipe(
            "a published version tuned on what people said against its answers; needs --corrections",
            replace(
                _PICTURES, epochs=3, peak_learning_rate=3e-4, rendered_share=0.4375, corrections_share=0.125
            ),
            published=True,
        ),
        "conv": Recipe("the convolutional network on MNIST alone", TrainingConfig()),
        "article": Recipe("two hidden layers of 300 and 100 units, plain SGD", _ARTICLE),
        "one-hidden": Recipe(
            "one hidden layer of 300 units, AdamW",
            TrainingConfig(
                network="dense",
                hidden=(300,),
                epochs=20,
                batch_size=50,
                peak_learning_rate=1e-3,
                weight_decay=0.0,
                dropout=0.0,
                show_test=True,
                max_rotation_deg=0.0,
                max_shift_px=0.0,
                max_scale=0.0,
                max_shear=0.0,
                min_accuracy=0.97,
            ),
        ),
        "dense-modern": Recipe(
            "three normalized hidden layers, augmentation, AdamW, averaged weights",
            TrainingConfig(
                network="dense",
                hidden=(1024, 512, 256),
                batch_norm=True,
                epochs=60,
                batch_size=128,
                peak_learning_rate=2e-3,
                weight_decay=0.05,
                dropout=0.1,
                weight_averaging=0.999,
                show_test=True,
                min_accuracy=0.99,
            ),
        ),
    }
)
