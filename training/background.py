"""The paper taken away inside the network: what is wider than any stroke is no ink."""

from typing import Final

import keras
from keras import layers

_SIZE_PX: Final = 11
"""Wider than strokes are in MNIST's frame, of which the digit takes 20 pixels."""

_WEAKEST: Final = 40 / 255
"""The strongest ink of an image is made 1, unless it is weaker than this: noise on empty paper."""


@keras.saving.register_keras_serializable(package="digits")
class TopHat(layers.Layer):  # type: ignore[misc] # Keras has no types
    """White top-hat: an image less its opening, the darkest and then the lightest of each neighborhood.

    What stays is ink narrower than the neighborhood, on black; it is then stretched to full strength.
    An image with black paper and solid ink is left as it is.

    Source:
        Meyer (1979), "Iterative image transformations for an automatic screening of cervical smears",
        Journal of Histochemistry and Cytochemistry 27(1).
    """

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self._tall = layers.MaxPooling2D((_SIZE_PX, 1), strides=1, padding="same", dtype="float32")
        self._wide = layers.MaxPooling2D((1, _SIZE_PX), strides=1, padding="same", dtype="float32")

    def call(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Take the background from images of ink, shape (n, height, width, 1), 0 to 1."""
        images = keras.ops.cast(images, "float32")
        eroded = -self._largest(-images)
        ink = images - self._largest(eroded)
        strongest = keras.ops.max(ink, axis=(1, 2, 3), keepdims=True)
        return ink / keras.ops.maximum(strongest, _WEAKEST)

    def _largest(self, images: keras.KerasTensor) -> keras.KerasTensor:
        """Of each pixel's neighborhood; a square's largest is the largest of its columns' largest."""
        return self._wide(self._tall(images))
