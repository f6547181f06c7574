"""What an inference engine does, whichever library does it."""

from typing import Protocol

from digits.contract import DigitImages, Probabilities


class Engine(Protocol):
    """Runs one model. Called from several threads at once."""

    @property
    def name(self) -> str:
        """What `--engine` calls it."""

    @property
    def batches(self) -> bool:
        """Whether several pictures in one call cost much less than one call each."""

    def predict(self, images: DigitImages) -> Probabilities:
        """Classify digit images.

        Args:
            images: uint8 (n, SIDE, SIDE), n ≥ 1.

        Returns:
            float32 (n, 10), each row sums to 1.
        """
