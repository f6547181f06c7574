"""A look inside a version: its layers, and what each makes of the digit on a picture."""

from dataclasses import dataclass
from functools import cached_property

from digits.contract import DigitImage
from digits.errors import ModelCorruptError
from digits.imaging import read_digit
from digits.store import StoredModel
from service.errors import LayersUnavailableError
from service.inference.layers import Layer, Network, Values


@dataclass(frozen=True, slots=True)
class Look:
    """What the layers make of one digit.

    Attributes:
        image: The digit image that the first of them got.
        answers: One for each of `layers`, of its shape; the last are the probabilities.
    """

    image: DigitImage
    layers: tuple[Layer, ...]
    answers: tuple[Values, ...]


class Inside:
    """Opens a version's LiteRT twin, whichever engine serves it, when someone first looks: nobody else pays.

    Called in threads.
    """

    def __init__(self, model: StoredModel, *, max_image_pixels: int) -> None:
        self._model = model
        self._max_image_pixels = max_image_pixels

    @cached_property
    def _network(self) -> Network:
        if self._model.twin is None:
            raise LayersUnavailableError(f"Version {self._model.version} has no LiteRT twin to look into.")
        try:
            from service.inference.engines.litert_layers import LiteRTLayers
        except ModuleNotFoundError as error:
            raise LayersUnavailableError("LiteRT, which shows the layers, is not installed here.") from error
        try:
            return LiteRTLayers(self._model.twin)
        except ModelCorruptError as error:  # whose words name a folder of the server
            raise LayersUnavailableError("LiteRT cannot open the version's twin.") from error

    def layers(self) -> tuple[Layer, ...]:
        """The network's layers.

        Raises:
            LayersUnavailableError: They cannot be had here.
        """
        return self._network.layers

    def look(self, picture: bytes) -> Look:
        """Find the digit on an encoded picture, and what each layer makes of it.

        Raises:
            ImageError: The picture is unreadable, too large or blank.
            LayersUnavailableError: The layers cannot be had here.
        """
        network = self._network
        image = read_digit(picture, max_pixels=self._max_image_pixels).image
        return Look(image, network.layers, network.answers(image))
