"""From the model's answers to a response's body."""

import json

from digits.contract import CLASSES, OUTPUT, SCORE_OUTPUT
from service.inference.engine import Answers
from service.protocols.question import columns


def encode_prediction(answers: Answers, *, in_rows: bool) -> bytes:
    """Answer `:predict` as the question was put: in rows or in columns."""
    if not in_rows:
        return _json({"outputs": columns(answers)})
    rows = zip(answers.probabilities.tolist(), answers.digit_scores.tolist(), strict=True)
    return _json({"predictions": [{OUTPUT: row, SCORE_OUTPUT: score} for row, score in rows]})


def encode_classification(answers: Answers) -> bytes:
    """Answer `:classify`."""
    rows = answers.probabilities.tolist()
    return _json({"results": [list(zip(CLASSES, row, strict=True)) for row in rows]})


def _json(message: object) -> bytes:
    return json.dumps(message, separators=(",", ":")).encode()
