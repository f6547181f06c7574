"""kubectl builds every overlay, and Kubernetes' published schemas know it: `make kubernetes-test`."""

import copy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

kubernetes_validate = pytest.importorskip("kubernetes_validate")

MANIFESTS = Path(__file__).parents[2] / "deploy/kubernetes"
KUBECTL = Path(sys.executable).with_name("kubectl")
OVERLAYS = ("cpu", "tensorflow", "gpu")
RELEASES = ("1.30", "1.33", "1.37")
"""The oldest whose nodes know `preStop.sleep` unasked, one between, and the newest when this was written."""


@cache
def built(folder):
    ended = subprocess.run(
        [KUBECTL, "kustomize", folder], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    return tuple(yaml.safe_load_all(ended.stdout))


def of_kind(kind, objects):
    (found,) = [each for each in objects if each["kind"] == kind]
    return copy.deepcopy(found)


def validate(manifest, release):
    kubernetes_validate.validate(manifest, release, strict=True)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_schemas_know_every_field(overlay, release):
    objects = built(MANIFESTS / "overlays" / overlay)

    for each in objects:
        validate(each, release)
    assert {each["kind"] for each in objects} == {
        *("ConfigMap", "Deployment", "HorizontalPodAutoscaler", "Namespace", "NetworkPolicy"),
        *("PodDisruptionBudget", "Service"),
    }


def test_the_schemas_find_a_field_that_is_misspelt_and_a_value_of_another_type():
    deployment = of_kind("Deployment", built(MANIFESTS / "overlays/cpu"))
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    container["livenessprobe"] = container.pop("livenessProbe")

    with pytest.raises(kubernetes_validate.ValidationError, match="livenessprobe"):
        validate(deployment, RELEASES[-1])

    container["livenessProbe"] = {**container.pop("livenessprobe"), "periodSeconds": "often"}
    with pytest.raises(kubernetes_validate.ValidationError, match="often"):
        validate(deployment, RELEASES[-1])


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_everything_selects_the_pods(overlay):
    objects = built(MANIFESTS / "overlays" / overlay)
    template = of_kind("Deployment", objects)["spec"]["template"]
    (spread,) = template["spec"]["topologySpreadConstraints"]

    selectors = [
        of_kind("Deployment", objects)["spec"]["selector"]["matchLabels"],
        of_kind("Service", objects)["spec"]["selector"],
        of_kind("PodDisruptionBudget", objects)["spec"]["selector"]["matchLabels"],
        of_kind("NetworkPolicy", objects)["spec"]["podSelector"]["matchLabels"],
        spread["labelSelector"]["matchLabels"],
    ]
    assert all(each == template["metadata"]["labels"] for each in selectors)
    assert of_kind("HorizontalPodAutoscaler", objects)["spec"]["scaleTargetRef"]["name"] == "digits"


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_the_model_store_may_lie_on_a_volume(overlay, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    there = MANIFESTS.relative_to("/")
    up = "/".join(".." for _ in folder.parts[1:])
    (folder / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "resources": [f"{up}/{there}/overlays/{overlay}"],
                "components": [f"{up}/{there}/components/model-store"],
            }
        )
    )

    objects = built(folder)

    for each in objects:
        validate(each, RELEASES[-1])
    settings = of_kind("ConfigMap", objects)
    (container,) = of_kind("Deployment", objects)["spec"]["template"]["spec"]["containers"]
    mounts = {mount["mountPath"]: mount.get("readOnly", False) for mount in container["volumeMounts"]}
    assert mounts.pop(settings["data"]["DIGITS_MODEL_STORE"]) is True
    assert set(mounts.values()) == {False}
    assert container["envFrom"][0]["configMapRef"]["name"] == settings["metadata"]["name"]


def test_kserves_runtime_holds_a_pod_that_kubernetes_knows():
    runtime = of_kind("ServingRuntime", built(MANIFESTS / "overlays/kserve"))
    pod = {key: runtime["spec"][key] for key in ("containers", "volumes")}

    for release in RELEASES:
        validate({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "digits"}, "spec": pod}, release)
    assert pod["containers"][0]["name"] == "kserve-container"
    assert pod["containers"][0]["image"].startswith("digits:")
