"""What a run says when it ends, and what it was run on."""

import os
import platform
import sys
import time
from collections.abc import Mapping
from importlib.metadata import version

import cv2
import keras
import numpy as np
import tensorflow as tf


def libraries() -> dict[str, str]:
    """Versions of everything that decides what the weights become."""
    return {
        "python": platform.python_version(),
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "ai-edge-litert": version("ai-edge-litert"),
        "numpy": np.__version__,
        "opencv": cv2.__version__,
    }


def table(metrics: Mapping[str, float]) -> str:
    """Metrics in aligned lines: shares in percent, all else as it is."""
    width = max(map(len, metrics))
    return "\n".join(f"  {name:{width}}  {_format(name, value)}" for name, value in metrics.items())


def cost(began_s: float) -> str:
    """Time and memory since the process began work, for people.

    Args:
        began_s: `time.perf_counter()` then.
    """
    return (
        f"{time.perf_counter() - began_s:.0f} s, {time.process_time():.0f} s of CPU time on "
        f"{os.cpu_count()} cores{_peak_memory()}"
    )


def _format(name: str, value: float) -> str:
    return f"{value:.2%}" if name.endswith(("accuracy", "accuracy_before", "agreement")) else f"{value:.3g}"


def _peak_memory() -> str:
    if sys.platform == "win32":
        return ""
    import resource

    unit_bytes = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit_bytes
    return f", {peak / 2**20:.0f} MiB at most"
