"""The layers of a version's LiteRT twin, and what each makes of a digit image."""

from math import prod
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from digits.contract import INPUT, OUTPUT, SIGNATURE, DigitImage
from digits.errors import ModelCorruptError
from service.inference.layers import Layer, Values

_MOVES: Final = frozenset(
    {"RESHAPE", "SQUEEZE", "EXPAND_DIMS", "STRIDED_SLICE", "SLICE", "PACK", "TRANSPOSE", "CAST"}
)
"""What only moves numbers about: there is nothing new to see. (What makes no floats is about shapes.)"""


class LiteRTLayers:
    """A twin run by LiteRT's plain kernels, which leave each layer's answer where it can be read.

    The engine's faster ones keep those to themselves. Shown are the steps from the first with weights to
    the last, and the one that makes the probabilities of it; scaling before and slicing after are not.
    """

    def __init__(self, twin: Path) -> None:
        try:
            self._interpreter = Interpreter(
                str(twin),
                num_threads=1,
                experimental_preserve_all_tensors=True,
                experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            )
            self._interpreter.allocate_tensors()
            signature = self._interpreter.get_signature_runner(SIGNATURE)
            self._input = signature.get_input_details()[INPUT]["index"]
            probabilities = signature.get_output_details()[OUTPUT]["index"]
        except (ValueError, KeyError) as error:
            raise ModelCorruptError(twin, f"LiteRT cannot open it ({error}).") from error
        shown = self._shown(probabilities)
        self.layers = tuple(self._layer(operation) for operation in shown)
        self._outputs = [operation["outputs"][0] for operation in shown]
        self._lock = Lock()

    def answers(self, image: DigitImage) -> tuple[Values, ...]:
        """See `Network.answers`."""
        with self._lock:
            self._interpreter.set_tensor(self._input, image[None])
            self._interpreter.invoke()
            found = [self._interpreter.get_tensor(index) for index in self._outputs]
        return tuple(values.reshape(layer.shape) for values, layer in zip(found, self.layers, strict=True))

    def _shown(self, probabilities: int) -> list[dict[str, Any]]:
        operations = self._interpreter._get_ops_details()  # noqa: SLF001 - nothing public tells the operations
        made = {self._input, *(index for operation in operations for index in operation["outputs"])}
        self._details = {each["index"]: each for each in self._interpreter.get_tensor_details()}
        self._constants = {index for index in self._details if index not in made}
        weighted = [at for at, operation in enumerate(operations) if self._weights(operation)]
        within = operations[weighted[0] : weighted[-1] + 1] if weighted else []
        last = [each for each in operations if probabilities in each["outputs"]]
        return [each for each in within if each not in last and self._is_seen(each)] + last

    def _is_seen(self, operation: dict[str, Any]) -> bool:
        made = self._details[operation["outputs"][0]]
        return operation["op_name"] not in _MOVES and made["dtype"] is np.float32

    def _weights(self, operation: dict[str, Any]) -> list[tuple[int, ...]]:
        """The shapes of an operation's trained numbers: those of floats that are not alone."""
        details = [self._details[index] for index in operation["inputs"] if index in self._constants]
        return [
            tuple(each["shape"]) for each in details if each["dtype"] is np.float32 and len(each["shape"])
        ]

    def _layer(self, operation: dict[str, Any]) -> Layer:
        shape = tuple(int(length) for length in self._details[operation["outputs"][0]]["shape"][1:])
        weights = self._weights(operation)
        kernel = sum(prod(each) for each in weights if len(each) > 1)
        return Layer(
            kind=operation["op_name"].lower(),
            shape=shape,
            weights=int(sum(prod(each) for each in weights)),
            multiply_adds=int(kernel * prod(shape[:-1])),
        )
