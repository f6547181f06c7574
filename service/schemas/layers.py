"""What a network consists of, and what its layers make of a digit."""

from typing import Annotated

import numpy as np
from annotated_types import Ge, Le, MaxLen, MinLen
from numpy.typing import NDArray
from pydantic import Field

from service.inference import layers as inference
from service.inference.inside import Look
from service.schemas.pictures import EXAMPLE_URI, data_uri
from service.schemas.schema import Fraction, ModelReference, Schema


class Layer(Schema):
    """One step of a network."""

    kind: Annotated[str, Field(examples=["conv_2d"])]
    """What it does: the name of LiteRT's operator, in lower case."""

    shape: Annotated[list[int], Field(examples=[[26, 26, 32]])]
    """Of what it makes of one picture: rows, columns and channels, or units alone."""

    weights: Annotated[int, Ge(0), Field(examples=[320])]
    """Trained numbers in it; batch normalization, where there was one, is folded into them."""

    multiply_adds: Annotated[int, Ge(0), Field(examples=[194688])]
    """Multiplications with a weight, each with its addition, for one picture."""

    @classmethod
    def of(cls, layer: inference.Layer) -> "Layer":
        """Describe a layer."""
        return cls(
            kind=layer.kind,
            shape=list(layer.shape),
            weights=layer.weights,
            multiply_adds=layer.multiply_adds,
        )


class Layers(Schema):
    """What the network that serves consists of."""

    layers: list[Layer]
    """From the picture to the probabilities; scaling and reshaping are left out."""

    model: ModelReference

    @classmethod
    def of(cls, layers: tuple[inference.Layer, ...], model: ModelReference) -> "Layers":
        """Describe a network."""
        return cls(layers=[Layer.of(each) for each in layers], model=model)


class LayerAnswer(Layer):
    """One step of a network, and what it makes of a digit."""

    low: Annotated[float, Le(0), Field(examples=[0.0])]
    """The least value, or 0 if none is negative: black in `picture`."""

    high: Annotated[float, Ge(0), Field(examples=[3.7])]
    """The greatest value, or 0 if none is positive: white in `picture`."""

    picture: Annotated[str, Field(examples=[EXAMPLE_URI])]
    """All values, as a PNG in a data URI: the channels below one another, each of so many rows and columns;
    units are a column of pixels. Gray is linear from `low` to `high`."""

    @classmethod
    def answered(cls, layer: inference.Layer, values: inference.Values) -> "LayerAnswer":
        """Draw what a layer makes of a digit."""
        low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
        gray = np.rint((values - low) * (255 / max(high - low, 1e-9))).astype(np.uint8)
        drawn = data_uri(_below_one_another(gray))
        return cls(**Layer.of(layer).model_dump(), low=low, high=high, picture=drawn)


class LayerAnswers(Schema):
    """What each layer of the network makes of the digit on a picture."""

    image: Annotated[str, Field(examples=[EXAMPLE_URI])]
    """The 28 x 28 pixels that the first layer got, as a PNG in a data URI: black paper, white ink."""

    layers: list[LayerAnswer]

    probabilities: Annotated[list[Fraction], MinLen(10), MaxLen(10)]
    """What the last layer makes: the probability of each digit from 0 to 9."""

    model: ModelReference

    @classmethod
    def of(cls, look: Look, model: ModelReference) -> "LayerAnswers":
        """Draw what all layers make of a digit."""
        pairs = zip(look.layers, look.answers, strict=True)
        return cls(
            image=data_uri(look.image),
            layers=[LayerAnswer.answered(layer, values) for layer, values in pairs],
            probabilities=look.answers[-1].astype(np.float64).clip(0, 1).tolist(),
            model=model,
        )


def _below_one_another(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(rows, columns, channels) → (channels x rows, columns); (units,) → (units, 1)."""
    if values.ndim == 1:
        return values[:, np.newaxis]
    return np.ascontiguousarray(np.moveaxis(values, -1, 0)).reshape(-1, values.shape[-2])
