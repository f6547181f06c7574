"""Which engine serves, and why."""

import pytest

from digits.store import TWIN_PATH, StoredModel
from service.errors import EngineUnavailableError
from service.inference.selection import select_engine
from service.settings import EngineChoice

BOTH = {"tensorflow", "ai_edge_litert"}


def _model(folder, *, twin):
    if twin:
        (folder / TWIN_PATH).parent.mkdir(parents=True)
        (folder / TWIN_PATH).touch()
    return StoredModel("digits", 1, folder, None)


@pytest.mark.parametrize(
    ("choice", "twin", "gpu", "installed", "expected"),
    [
        pytest.param("auto", True, False, BOTH, "litert", id="cpu-prefers-the-twin"),
        pytest.param("auto", True, True, BOTH, "tensorflow", id="gpu-prefers-tensorflow"),
        pytest.param("auto", True, True, {"ai_edge_litert"}, "litert", id="gpu-but-no-tensorflow"),
        pytest.param("auto", False, False, BOTH, "tensorflow", id="no-twin"),
        pytest.param("auto", True, False, {"tensorflow"}, "tensorflow", id="no-litert"),
        pytest.param("tensorflow", True, False, BOTH, "tensorflow", id="asked-for-tensorflow"),
        pytest.param("litert", True, True, BOTH, "litert", id="asked-for-litert"),
    ],
)
def test_chooses(tmp_path, choice, twin, gpu, installed, expected):
    selection = select_engine(
        EngineChoice(choice),
        _model(tmp_path, twin=twin),
        gpu=lambda: gpu,
        installed=installed.__contains__,
    )

    assert selection.engine == expected
    assert selection.reason


@pytest.mark.parametrize(
    ("choice", "twin", "installed", "advice"),
    [
        pytest.param("tensorflow", True, {"ai_edge_litert"}, "ENGINE=tensorflow", id="tensorflow-missing"),
        pytest.param("litert", False, BOTH, "digits-train", id="twin-missing"),
        pytest.param("litert", True, {"tensorflow"}, "extra `serve`", id="litert-missing"),
        pytest.param("auto", False, {"ai_edge_litert"}, "extra `tensorflow`", id="nothing-can-run-it"),
    ],
)
def test_refuses_with_advice(tmp_path, choice, twin, installed, advice):
    with pytest.raises(EngineUnavailableError, match=advice):
        select_engine(
            EngineChoice(choice),
            _model(tmp_path, twin=twin),
            gpu=lambda: False,
            installed=installed.__contains__,
        )
