"""What TensorFlow Serving's clients are told of a model."""

from collections.abc import Sequence
from typing import Any, Final

from digits.contract import INPUT, SIGNATURE
from service.protocols.question import IMAGES_SHAPE, OUTPUT_SHAPES
from service.protocols.tensorflow_serving.messages import (
    ModelStatus,
    ServableMetadata,
    VersionFault,
    VersionStatus,
)

_METHOD: Final = "tensorflow/serving/predict"


def describe_status(name: str, versions: Sequence[int]) -> ModelStatus:
    """Versions that serve."""
    fine = VersionFault(error_code="OK", error_message="")
    states = [VersionStatus(version=str(each), state="AVAILABLE", status=fine) for each in versions]
    return ModelStatus(model_version_status=states, name=name, ready=True)


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
