"""What TensorFlow Serving's clients are told of a model."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from digits.contract import INPUT, SIGNATURE
from service.inference.slot import Status
from service.protocols.question import IMAGES_SHAPE, OUTPUT_SHAPES
from service.protocols.tensorflow_serving.messages import (
    ModelStatus,
    ServableMetadata,
    VersionFault,
    VersionStatus,
)

_FINE: Final = VersionFault(error_code="OK", error_message="")

_METHOD: Final = "tensorflow/serving/predict"


_OF_SLOT: Final[dict[Status, tuple[Literal["LOADING", "AVAILABLE", "END"], VersionFault]]] = {
    "ready": ("AVAILABLE", _FINE),
    "loading": ("LOADING", _FINE),
    "failed": ("END", VersionFault(error_code="UNKNOWN", error_message="It could not be loaded.")),
    "unloaded": ("END", _FINE),
}


def describe_status(name: str, versions: Mapping[int, Status]) -> ModelStatus:
    """Versions by number, and how each is."""
    return ModelStatus(
        model_version_status=[
            VersionStatus(version=str(number), state=state, status=fault)
            for number, (state, fault) in sorted(
                (each, _OF_SLOT[status]) for each, status in versions.items()
            )
        ],
        name=name,
        ready="ready" in versions.values(),
    )


def describe_model(name: str, version: int) -> ServableMetadata:
    """The signature. Encoded pictures are taken too, but they are no part of the SavedModel's."""
    outputs = {
        name: _tensor(f"{SIGNATURE}:{name}", "DT_FLOAT", shape) for name, shape in OUTPUT_SHAPES.items()
    }
    signature = {
        "inputs": {INPUT: _tensor(f"{SIGNATURE}_{INPUT}:0", "DT_UINT8", IMAGES_SHAPE)},
        "outputs": outputs,
        "method_name": _METHOD,
    }
    return ServableMetadata(
        model_spec={"name": name, "signature_name": "", "version": str(version)},
        metadata={"signature_def": {"signature_def": {SIGNATURE: signature}}},
    )


def _tensor(name: str, dtype: str, shape: Sequence[int]) -> dict[str, Any]:
    dimensions = [{"size": str(size), "name": ""} for size in shape]
    return {"dtype": dtype, "tensor_shape": {"dim": dimensions, "unknown_rank": False}, "name": name}
