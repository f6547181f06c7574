"""What goes over the wire, as JSON."""

from service.schemas.operation import Health, ModelCard, Probe, Problem, Reloaded
from service.schemas.recognition import Prediction, Reading
from service.schemas.schema import ModelReference, Schema

__all__ = [
    "Health",
    "ModelCard",
    "ModelReference",
    "Prediction",
    "Probe",
    "Problem",
    "Reading",
    "Reloaded",
    "Schema",
]
