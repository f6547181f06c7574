"""What follows a recognition: it is counted, shown to the shadow, and put into words."""

from service.inference.recognizer import Recognition, Recognizer
from service.metrics import Metrics
from service.schemas import ModelReference, Prediction
from service.settings import Settings
from service.shadowing import Shadow


class Answering:
    """Makes answers of what models recognize, the same whichever way a request took."""

    def __init__(self, *, metrics: Metrics, shadow: Shadow, settings: Settings) -> None:
        """Prepare.

        Args:
            metrics: Counts what was recognized.
            shadow: Looks at it too.
            settings: Say how much a picture must look like a digit.
        """
        self._metrics = metrics
        self._shadow = shadow
        self._min_digit_score = settings.min_digit_score

    def conclude(self, recognizer: Recognizer, picture: bytes, recognition: Recognition) -> Prediction:
        """The answer to who sent a picture, a whole file, on which one digit was recognized."""
        reference = ModelReference.of(recognizer)
        answer = Prediction.of(recognition, reference, min_digit_score=self._min_digit_score)
        self._metrics.answered_by(recognizer.model.version)
        self._shadow.compare(recognizer, picture, recognition)
        self._metrics.predicted(recognition.digit, recognition.confidence)
        return answer
