"""What all bodies have in common."""

from typing import Annotated, TypeAlias

from annotated_types import Ge, Le
from pydantic import BaseModel, ConfigDict, Field

from service.inference.recognizer import Recognizer

Fraction: TypeAlias = Annotated[float, Ge(0), Le(1)]


class Schema(BaseModel):
    """Base of all bodies: immutable, documented by its members' docstrings."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class ModelReference(Schema):
    """Which model answered."""

    name: Annotated[str, Field(examples=["digits"])]
    version: Annotated[int, Field(examples=[1])]
    engine: Annotated[str, Field(examples=["litert"])]

    @classmethod
    def of(cls, recognizer: Recognizer) -> "ModelReference":
        """Name the recognizer's model."""
        model = recognizer.model
        return cls(name=model.name, version=model.version, engine=recognizer.engine.name)
