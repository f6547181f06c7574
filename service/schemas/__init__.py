"""What goes over the wire, as JSON."""

from service.schemas.corrections import CorrectionPage, KeptCorrection
from service.schemas.layers import LayerAnswers, Layers
from service.schemas.operation import (
    Health,
    ModelCard,
    Probe,
    Problem,
    RefusedVersion,
    Reloaded,
    ServedVersion,
)
from service.schemas.recognition import Prediction, Reading
from service.schemas.schema import ModelReference, Schema

__all__ = [
    "CorrectionPage",
    "Health",
    "KeptCorrection",
    "LayerAnswers",
    "Layers",
    "ModelCard",
    "ModelReference",
    "Prediction",
    "Probe",
    "Problem",
    "Reading",
    "RefusedVersion",
    "Reloaded",
    "Schema",
    "ServedVersion",
]
