"""What a network consists of, and what each part of it makes of one digit image."""

from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from digits.contract import DigitImage

Values: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """One step of a network.

    Attributes:
        kind: What it does, as LiteRT names it: `conv_2d`, `fully_connected`, `softmax`, …
        shape: Of what it makes of one image: (rows, columns, channels), or (units,).
        weights: Trained numbers in it; batch normalization is folded into them.
        multiply_adds: Multiplications with a weight, each with its addition, for one image.
    """

    kind: str
    shape: tuple[int, ...]
    weights: int
    multiply_adds: int


class Network(Protocol):
    """A network whose layers can be looked at. Called from several threads at once."""

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Its layers in order; the last makes the probabilities."""

    def answers(self, image: DigitImage) -> tuple[Values, ...]:
        """What each layer makes of a digit image: float32, each of its layer's shape."""
