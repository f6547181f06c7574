"""Draws each activation and its derivative, by automatic differentiation, as activations.png beside this.

.venv/bin/python docs/images/activations.py [--output FILE]
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

Function: TypeAlias = Callable[[Any], Any]
Curve: TypeAlias = NDArray[np.float32]

X = np.linspace(-4, 4, 801, dtype=np.float32)


def values_and_slopes(activation: Function) -> tuple[Curve, Curve]:
    """The function and its derivative at each of X: reverse mode, as in training, not a formula of ours."""
    import tensorflow as tf

    x = tf.constant(X)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = activation(x)
    return y.numpy(), tape.gradient(y, x).numpy()


def draw(axes: Axes, name: str, activation: Function) -> None:
    """One panel."""
    values, slopes = values_and_slopes(activation)
    axes.plot(X, values, color="#1f6feb", label="value")
    axes.plot(X, slopes, color="#c4570c", linestyle="--", label="derivative")
    axes.set_title(name)
    axes.set_xlim(-4, 4)
    axes.set_ylim(-2, 3)
    axes.grid(color="#d5dae0", linewidth=0.6)


def main() -> None:
    """Draw all panels."""
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    from training.activations import ACTIVATIONS

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".png"))
    options = parser.parse_args()
    figure = Figure(figsize=(10, 5), layout="constrained")
    *panels, last = figure.subplots(2, 4).flat
    for axes, (name, activation) in zip(panels, ACTIVATIONS.items(), strict=True):
        draw(axes, name, activation)
    last.axis("off")
    last.legend(*panels[0].get_legend_handles_labels(), loc="center", frameon=False)
    figure.savefig(options.output, dpi=110, metadata={"Software": None})


if __name__ == "__main__":
    main()
