"""What happens while the network trains: a line an epoch, a bar in a terminal, a stop at nonsense."""

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import keras
from tqdm import tqdm

from training.errors import DivergedError

Logs = Mapping[str, float] | None


class StopWhenDiverged(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Raises as soon as the loss is no longer a number: all that follows would be wasted."""

    def __init__(self) -> None:
        super().__init__()
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Note the epoch, for the message."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Look at the loss.

        Raises:
            DivergedError: It is infinite or not a number.
        """
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise DivergedError(self._epoch + 1, batch + 1)


class ShowTest(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Adds the test accuracy to an epoch's figures, to be seen, not to be chosen by."""

    def __init__(self, measure: Callable[[], float]) -> None:
        super().__init__()
        self._measure = measure

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Measure; callbacks after this one see it, for Keras gives all of them the same dict."""
        if logs is not None:
            logs["test_accuracy"] = self._measure()


class Progress(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """One line an epoch, and between the lines a bar where someone is looking.

    Args:
        say: Gets the lines.
        bar: Whether a terminal shows a bar.
    """

    def __init__(self, say: Callable[[str], None], *, bar: bool) -> None:
        super().__init__()
        self._say, self._shows_bar = say, bar
        self._bar: Any = None
        self._began_s = 0.0

    def close(self) -> None:
        """Clear the bar, if one still stands: a run that fails ends amid an epoch."""
        if self._bar is not None:
            self._bar.close()

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Start the epoch's clock and bar."""
        self._began_s = time.perf_counter()
        self._bar = tqdm(
            total=self.params["steps"],
            desc=f"epoch {epoch + 1}/{self.params['epochs']}",
            unit="step",
            leave=False,
            disable=not self._shows_bar,
        )

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Move the bar."""
        self._bar.update()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Say how it went."""
        self.close()
        seen = logs or {}
        test = f"  test accuracy {seen['test_accuracy']:.2%}" if "test_accuracy" in seen else ""
        self._say(
            f"epoch {epoch + 1:{len(str(self.params['epochs']))}}/{self.params['epochs']}"
            f"  loss {seen['loss']:.4f}  accuracy {seen['accuracy']:.2%}"
            f"  validation loss {seen['val_loss']:.4f}  accuracy {seen['val_accuracy']:.2%}"
            f"{test}"
            f"  {time.perf_counter() - self._began_s:.1f} s"
        )


class HistoryRows(keras.callbacks.Callback):  # type: ignore[misc] # Keras has no types
    """Hands on one row of figures an epoch.

    Args:
        keep: Gets the row: what Keras logs, with the epoch, its rate at the end and its time.
    """

    def __init__(self, keep: Callable[[Mapping[str, float]], None]) -> None:
        super().__init__()
        self._keep = keep
        self._began_s = 0.0

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:  # noqa: ARG002 - Keras's signature
        """Start the epoch's clock."""
        self._began_s = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Hand on the row."""
        rate = float(self.model.optimizer.learning_rate)
        elapsed_s = time.perf_counter() - self._began_s
        self._keep({"epoch": epoch + 1, **(logs or {}), "learning_rate": rate, "elapsed_s": elapsed_s})
