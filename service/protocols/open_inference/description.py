"""What the service says of itself and of its models."""

from collections.abc import Iterable
from typing import Final

from digits.contract import INPUT
from digits.store import MODEL_NAME
from service.about import VERSION
from service.protocols.open_inference.messages import (
    IndexEntry,
    ModelMetadata,
    ServerMetadata,
    TensorMetadata,
)
from service.protocols.question import IMAGES_SHAPE, OUTPUT_SHAPES, PICTURE_INPUT

EXTENSIONS: Final = ("binary_tensor_data", "classification", "model_repository")

PLATFORM: Final = "tensorflow_savedmodel"


def describe_server() -> ServerMetadata:
    """Name, version, extensions."""
    return ServerMetadata(name="digits", version=VERSION, extensions=list(EXTENSIONS))


def describe_model(name: str, versions: Iterable[int]) -> ModelMetadata:
    """What the versions of a model take and give: all the same."""
    return ModelMetadata(
        name=name,
        versions=[str(each) for each in versions],
        platform=PLATFORM,
        inputs=[
            TensorMetadata(name=INPUT, datatype="UINT8", shape=list(IMAGES_SHAPE)),
            TensorMetadata(name=PICTURE_INPUT, datatype="BYTES", shape=[-1]),
        ],
        outputs=[
            TensorMetadata(name=name, datatype="FP32", shape=list(shape))
            for name, shape in OUTPUT_SHAPES.items()
        ],
    )


def index(stored: Iterable[int], serving: Iterable[int], *, only_ready: bool) -> list[IndexEntry]:
    """Every version in the store, and those that serve though they are no longer there."""
    ready = set(serving)
    return [
        IndexEntry(
            name=MODEL_NAME,
            version=str(each),
            state="READY" if each in ready else "UNAVAILABLE",
            reason="" if each in ready else "not loaded",
        )
        for each in sorted(ready.union(() if only_ready else stored))
    ]
