"""The GPUs that TensorFlow may use, made ready; without any, the CPU computes.

TensorFlow is not imported here: whoever has it passes its `tf.config`, and a test passes a stub.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Protocol

CPU: Final = "CPU:0"


class Experimental(Protocol):
    """The part of `tf.config.experimental` that is needed."""

    def set_memory_growth(self, device: Any, enable: bool) -> None:  # noqa: ANN401 - TensorFlow's
        """Take memory as it is needed, not all of it at start. RuntimeError: TensorFlow has begun already."""

    def get_device_details(self, device: Any) -> Mapping[str, Any]:  # noqa: ANN401 - TensorFlow's
        """What the driver says; `device_name` is the product's."""


class Devices(Protocol):
    """The part of `tf.config` that is needed."""

    @property
    def experimental(self) -> Experimental:
        """See `Experimental`."""

    def list_physical_devices(self, device_type: str) -> Sequence[Any]:
        """All devices of a type. RuntimeError: the driver fails."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU.

    Attributes:
        name: As `tf.device` takes it.
        product: What its maker calls it.
    """

    name: str
    product: str

    def __str__(self) -> str:
        return f"{self.name} ({self.product})"


def ready_gpus(devices: Devices, warn: Callable[[str], None]) -> list[Gpu]:
    """The GPUs, each told to take only the memory that it needs.

    Args:
        devices: `tf.config`.
        warn: Gets a line if there are GPUs, as far as anybody can tell, that cannot be used.
    """
    try:
        found = devices.list_physical_devices("GPU")
    except RuntimeError as error:
        warn(f"The GPUs cannot be listed ({error}): the CPU computes.")
        return []
    for device in found:
        with suppress(RuntimeError):  # TensorFlow has begun in this process: what it was told then stands
            devices.experimental.set_memory_growth(device, True)
    return [Gpu(f"GPU:{number}", _product(devices, device)) for number, device in enumerate(found)]


def _product(devices: Devices, device: Any) -> str:  # noqa: ANN401 - TensorFlow's
    return str(devices.experimental.get_device_details(device).get("device_name", "unnamed"))
