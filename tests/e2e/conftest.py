"""The real image in a real Docker engine: `make e2e`. Without an engine all of it skips and says why."""

import shutil

import pytest
from containers import build, missing_engine
from served_process import ROOT


def pytest_collection_modifyitems(items):
    reason = missing_engine()
    for item in items:
        item.add_marker(pytest.mark.timeout(900))
        if reason:
            item.add_marker(pytest.mark.skip(reason=f"needs a Docker engine: {reason}"))


@pytest.fixture(scope="session")
def image():
    """The default target of this checkout, tagged as docker-compose.yml tags it."""
    return build("digits")


@pytest.fixture
def store(tmp_path):
    """A copy of the model store that the container's user may read."""
    folder = shutil.copytree(ROOT / "model_store", tmp_path / "model_store")
    folder.chmod(0o755)
    return folder
