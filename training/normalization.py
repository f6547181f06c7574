"""Batch norm that takes its statistics from a batch's typical images alone."""

import keras
from keras import layers


@keras.saving.register_keras_serializable(package="digits")
class TypicalBatchNormalization(layers.BatchNormalization):  # type: ignore[misc] # Keras has no types
    """Batch norm whose mean and variance are those of the first images of each training batch.

    The others, spoiled ones, are normalized by the same numbers, in training as later in inference. Were
    they counted, one dark or noisy image in five would move the statistics of all, and a network that is
    then shown a clean digit alone would meet features that training never gave it.

    Args:
        typical: So many images at a batch's head give the statistics.
        **options: Keras's own.

    Source:
        Spoiled images with statistics of their own, of which this is the half that inference uses:
        Xie et al. (2020), "Adversarial Examples Improve Image Recognition", CVPR, section 4.2.
    """

    def __init__(self, *, typical: int, **options: object) -> None:
        super().__init__(**options)
        self._typical = typical

    def get_config(self) -> dict[str, object]:
        """What rebuilds the layer."""
        return {**super().get_config(), "typical": self._typical}

    def _moments(  # Keras's own hook between its statistics and its arithmetic
        self, inputs: keras.KerasTensor, mask: keras.KerasTensor | None
    ) -> tuple[keras.KerasTensor, keras.KerasTensor]:
        moments: tuple[keras.KerasTensor, keras.KerasTensor] = super()._moments(inputs[: self._typical], mask)
        return moments
