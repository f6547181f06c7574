"""Changes to a JSON document that leave it one: a byte changed at random seldom gets past the parser."""

import json
from random import Random
from typing import Any, Final

_VALUES: Final = (
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        28,
        255,
        256,
        784,
        2**31,
        2**63,
        10**30,
        0.5,
        float("inf"),
        "",
        "é",
        "YWJj",
    ),
    *("images", "image", "probabilities", "digit_score", "UINT8", "BYTES", "FP32", [], {}, [0] * 784),
    *([[[0] * 28] * 28], [1, 28, 28], {"b64": "YWJj"}, {"binary_data_size": 784}, {"classification": 3}),
)
"""What the protocols' members hold, and what they must not."""

_NAMES: Final = (
    *("inputs", "outputs", "name", "shape", "datatype", "data", "parameters", "id", "binary_data_size"),
    *(
        "binary_data",
        "binary_data_output",
        "classification",
        "instances",
        "examples",
        "signature_name",
        "b64",
    ),
)

_INTO: Final = 0.8
"""How often a change goes into a value that has others in it."""


def mutated(document: bytes, chance: Random) -> bytes | None:
    """The document with one value changed; None if it is no JSON."""
    try:
        return json.dumps(_changed(json.loads(document), chance)).encode()
    except (ValueError, RecursionError):
        return None


def _changed(value: Any, chance: Random) -> Any:
    if isinstance(value, dict | list) and value and chance.random() < _INTO:
        copy = value.copy()
        key = chance.choice(list(copy) if isinstance(copy, dict) else range(len(copy)))
        copy[key] = _changed(copy[key], chance)
        return copy
    kind = chance.randrange(4)
    if kind == 0 and isinstance(value, dict):
        return {**value, chance.choice(_NAMES): chance.choice(_VALUES)}
    if kind == 1 and isinstance(value, dict | list) and value:
        gone = chance.randrange(len(value))
        kept = [each for at, each in enumerate(value) if at != gone]
        return {key: value[key] for key in kept} if isinstance(value, dict) else kept
    if kind == 2:
        return [value] * chance.choice((1, 2, 65))
    return chance.choice(_VALUES)
