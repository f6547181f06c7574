"""Which engine runs a stored model here, and why."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from digits.store import StoredModel
from service.errors import EngineUnavailableError
from service.inference.engine import Engine
from service.settings import EngineChoice


@dataclass(frozen=True, slots=True)
class Selection:
    """The engine that will run, and the reason in words for the operator."""

    engine: EngineChoice
    reason: str


def gpu_visible() -> bool:
    """Whether the kernel shows a GPU; asks no driver, so that it costs nothing where there is none."""
    return any(Path(device).exists() for device in ("/dev/nvidiactl", "/dev/dxg"))


def installed(module: str) -> bool:
    """Whether a module could be imported, without importing it."""
    return find_spec(module) is not None


def select_engine(
    choice: EngineChoice,
    model: StoredModel,
    *,
    gpu: Callable[[], bool] = gpu_visible,
    installed: Callable[[str], bool] = installed,
) -> Selection:
    """Decide between the engines.

    Raises:
        EngineUnavailableError: The choice cannot run here or cannot run this model.
    """
    tensorflow, litert = installed("tensorflow"), installed("ai_edge_litert")
    if choice is EngineChoice.TENSORFLOW:
        if not tensorflow:
            raise EngineUnavailableError(
                "TensorFlow is not installed. Install the extra `tensorflow` (or `gpu`), as "
                "`make serve ENGINE=tensorflow` does, or choose the engine litert."
            )
        return Selection(choice, "it was asked for")
    if choice is EngineChoice.LITERT:
        if model.twin is None:
            raise EngineUnavailableError(
                f"Version {model.version} has no LiteRT twin (assets.extra/model.tflite). "
                "Choose the engine tensorflow, or publish the version with `digits-train`."
            )
        if not litert:
            raise EngineUnavailableError("LiteRT is not installed. Install the extra `serve`.")
        return Selection(choice, "it was asked for")
    if tensorflow and gpu():
        return Selection(EngineChoice.TENSORFLOW, "a GPU is visible")
    if model.twin is not None and litert:
        return Selection(
            EngineChoice.LITERT, f"version {model.version} has a LiteRT twin, and no GPU is in use"
        )
    if tensorflow:
        return Selection(EngineChoice.TENSORFLOW, f"version {model.version} has no LiteRT twin")
    raise EngineUnavailableError(
        f"Version {model.version} has no LiteRT twin and TensorFlow is not installed. "
        "Install the extra `tensorflow`, or publish the version with `digits-train`."
    )


def open_engine(engine: EngineChoice, model: StoredModel, *, threads: int) -> Engine:
    """Load the model into the engine that `select_engine` chose, and warm it."""
    if engine is EngineChoice.TENSORFLOW:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # its banner is no news to an operator
        from service.inference.engines.tensorflow import TensorFlowEngine

        return TensorFlowEngine(model.directory, threads=threads)
    if model.twin is None:
        raise EngineUnavailableError(f"Version {model.version} has no LiteRT twin.")
    from service.inference.engines.litert import LiteRTEngine

    return LiteRTEngine(model.twin)
