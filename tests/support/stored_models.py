"""Versions in a store, without a network in them."""

from datetime import UTC, datetime

from digits.manifest import Manifest
from digits.store import TWIN_PATH


def manifest(**changes):
    return Manifest(
        **{
            "name": "digits",
            "version": 1,
            "created": datetime(2026, 1, 1, tzinfo=UTC),
            "contract_version": 1,
            "network": "none",
            "weights": 0,
            "classes": tuple("0123456789"),
            "seed": 0,
            "metrics": {"test_accuracy": 0.5},
            "training": {"epochs": 1},
            "data": {},
            "libraries": {},
            "files": {},
            **changes,
        }
    )


def build(folder):
    (folder / "variables").mkdir()
    (folder / "saved_model.pb").write_bytes(b"graph")
    (folder / "variables/variables.index").write_bytes(b"index")
    (folder / TWIN_PATH).parent.mkdir()
    (folder / TWIN_PATH).write_bytes(b"twin")


def publish(store, **changes):
    with store.staging() as folder:
        build(folder)
        return store.publish(folder, manifest(**changes))
