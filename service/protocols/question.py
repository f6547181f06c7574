"""What a client asks of the model, in whichever protocol, and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from digits.contract import CLASSES, INPUT, OUTPUT, SCORE_OUTPUT, SIDE, DigitImages
from service.errors import ProtocolError
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer

PICTURE_INPUT: Final = "image"
"""The other input beside the contract's: encoded pictures, such as PNG and JPEG files."""

MAX_PICTURES: Final = 64
"""Encoded pictures in one request; each may take as long as a request of its own."""

IMAGES_SHAPE: Final = (-1, SIDE, SIDE)
OUTPUT_SHAPES: Final[dict[str, tuple[int, ...]]] = {OUTPUT: (-1, len(CLASSES)), SCORE_OUTPUT: (-1,)}
"""Shape of each output, -1 for the number of images; all are float32."""


@dataclass(frozen=True, slots=True)
class Images:
    """Digit images, uint8 (n, SIDE, SIDE), for the model as they are."""

    images: DigitImages

    def put_to(self, recognizer: Recognizer) -> Answers:
        """Ask, in one call of the engine."""
        return recognizer.engine.predict(self.images)


@dataclass(frozen=True, slots=True)
class Pictures:
    """Encoded pictures of one digit each.

    Raises:
        ProtocolError: They are none or too many.
    """

    pictures: Sequence[bytes]

    def __post_init__(self) -> None:
        if not 1 <= len(self.pictures) <= MAX_PICTURES:
            raise ProtocolError(
                f"A request takes 1 to {MAX_PICTURES} encoded pictures, not {len(self.pictures):,}; "
                f"of digit images ('{INPUT}') as many as fit into it."
            )

    def put_to(self, recognizer: Recognizer) -> Answers:
        """Ask, in one call of the engine.

        Raises:
            ImageError: A picture is unreadable, too large or blank.
            SeveralDigitsError: A picture has more than one digit.
        """
        return recognizer.answer_pictures(self.pictures)


Question = Images | Pictures


def columns(answers: Answers) -> dict[str, object]:
    """The outputs by name, as nested lists."""
    return {OUTPUT: answers.probabilities.tolist(), SCORE_OUTPUT: answers.digit_scores.tolist()}
