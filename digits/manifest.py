"""`manifest.json`: what a published version says about itself."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Manifest(BaseModel):
    """Where a version comes from and how good it is.

    Read from disk, so it is validated; members that this code does not know are ignored, so that
    an older service can open what a newer training wrote under the same contract version.
    """

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    name: str
    """Name of the model: the folder in the store."""

    version: Annotated[int, Field(ge=1)]
    """Number of the version: the folder in the model's folder."""

    created: datetime
    """When it was published, in UTC."""

    contract_version: int
    """The image contract it was made for (`digits.contract.CONTRACT_VERSION`)."""

    network: str
    """Name of the network's architecture."""

    weights: Annotated[int, Field(ge=0)]
    """Trainable numbers in the network."""

    classes: tuple[str, ...]
    """The label of each probability, in order."""

    seed: int
    """Where all randomness of the run started."""

    metrics: dict[str, float]
    """Measured at export, fractions 0-1: `test_accuracy`, `validation_accuracy`, …"""

    training: dict[str, JsonValue]
    """The whole training configuration."""

    data: dict[str, Sha256]
    """SHA-256 of the uncompressed bytes of every file trained or measured on."""

    libraries: dict[str, str]
    """Versions of what made it."""

    files: dict[str, Sha256]
    """SHA-256 of every other file of the version, by path within it."""
