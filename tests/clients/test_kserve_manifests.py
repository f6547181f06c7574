"""KServe's own classes, made from its published schema, know every field of what we write for it."""

import warnings
from pathlib import Path

import pytest
import yaml

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what the client's libraries say of themselves is not ours
    models = pytest.importorskip("kserve").models
    from kubernetes import client as kubernetes

OVERLAY = Path(__file__).parents[2] / "deploy/kubernetes/overlays/kserve"
NATIVE = {"str": str, "int": int, "bool": bool, "object": object}


def faults(value, kind, where):
    """Where a value is not of a kind, as KServe's classes name kinds."""
    if kind.startswith("list["):
        return [
            fault
            for number, each in enumerate(value)
            for fault in faults(each, kind[5:-1], f"{where}[{number}]")
        ]
    if kind in NATIVE:
        return [] if isinstance(value, NATIVE[kind]) else [f"{where} is no {kind}"]
    if kind.startswith("dict("):
        return [] if all(isinstance(each, str) for each in value.values()) else [where]
    if not hasattr(models, kind):
        known = getattr(kubernetes, kind).from_dict(value).model_dump(by_alias=True, exclude_none=True)
        return [] if known == value else [f"{where} is no {kind}"]
    model = getattr(models, kind)
    attributes = {key: name for name, key in model.attribute_map.items()}
    unknown = [f"{where}.{key} is unknown" for key in value if key not in attributes]
    return unknown + [
        fault
        for key in value.keys() & attributes.keys()
        for fault in faults(value[key], model.openapi_types[attributes[key]], f"{where}.{key}")
    ]


def manifest(file):
    return yaml.safe_load((OVERLAY / file).read_text())


def test_knows_every_field_of_the_runtime():
    assert faults(manifest("runtime.yaml"), "V1alpha1ServingRuntime", "runtime") == []


def test_knows_every_field_of_the_service():
    assert faults(manifest("inference-service.yaml"), "V1beta1InferenceService", "service") == []


def test_would_find_a_field_that_is_misspelt_and_a_value_of_another_type():
    service = manifest("inference-service.yaml")
    service["spec"]["predictor"] |= {"minReplica": 2, "scaleTarget": "70", "tolerations": [{"keys": "gpu"}]}

    assert sorted(faults(service, "V1beta1InferenceService", "service")) == [
        "service.spec.predictor.minReplica is unknown",
        "service.spec.predictor.scaleTarget is no int",
        "service.spec.predictor.tolerations[0] is no V1Toleration",
    ]
