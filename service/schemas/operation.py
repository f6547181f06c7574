"""What operators and clients ask of the service itself, and its errors."""

from datetime import datetime
from typing import Annotated

from annotated_types import Ge, Le
from pydantic import Field

from service.inference.lineup import Lineup
from service.inference.recognizer import Recognizer
from service.inference.slot import Status
from service.schemas.schema import ModelReference, Schema


class Health(Schema):
    """One summary for people and load balancers."""

    status: Status
    """`ready` comes with 200, the others with 503."""

    service_version: Annotated[str, Field(examples=["0.1.0"])]
    uptime_s: Annotated[float, Ge(0), Field(examples=[12.3])]
    model: ModelReference | None
    """What serves; null until it is ready."""


class Probe(Schema):
    """The answer to one yes-or-no question."""

    ok: bool


class ServedVersion(Schema):
    """One of the versions that serve."""

    version: Annotated[int, Field(examples=[1])]
    engine: Annotated[str, Field(examples=["litert"])]
    primary: bool
    """Whether it answers where no version is asked for."""

    canary_share: Annotated[float, Ge(0), Le(1), Field(examples=[0.0])]
    """The share of these that it answers in the primary's stead."""

    shadow_share: Annotated[float, Ge(0), Le(1), Field(examples=[0.0])]
    """The share of the primary's that it looks at too, without answering."""

    @classmethod
    def of(cls, recognizer: Recognizer, lineup: Lineup) -> "ServedVersion":
        """Say what a version does in the line-up."""
        version = recognizer.model.version
        return cls(
            version=version,
            engine=recognizer.engine.name,
            primary=lineup.primary.ready and version == lineup.primary.recognizer.model.version,
            canary_share=lineup.canary.of(version),
            shadow_share=lineup.shadow.of(version),
        )


class ModelCard(Schema):
    """What a client may want to know of the model that serves."""

    name: Annotated[str, Field(examples=["digits"])]
    version: Annotated[int, Field(examples=[1])]
    engine: Annotated[str, Field(examples=["litert"])]
    classes: list[str]
    """The label of each probability, in order."""

    contract_version: int | None
    """The image contract it was made for. This and what follows is null for a SavedModel that came
    without a manifest."""

    network: Annotated[str | None, Field(examples=["convolutional"])]
    weights: Annotated[int | None, Field(examples=[197802])]
    created: datetime | None
    metrics: Annotated[dict[str, float] | None, Field(examples=[{"test_accuracy": 0.996}])]
    """Measured when it was published, on data it was not trained on."""

    versions: list[ServedVersion]
    """All that serve, the primary first; `?version=` asks for one."""


class RefusedVersion(Schema):
    """A further version that cannot serve; if it served before, it serves on."""

    version: Annotated[int, Field(examples=[1])]
    reason: Annotated[str, Field(examples=["The stored model is incomplete or was changed. (model-corrupt)"])]


class Reloaded(Schema):
    """What a reload did."""

    model: ModelReference
    """What serves from now on in the process that answered."""

    refused: list[RefusedVersion]

    others_told: Annotated[int, Ge(0), Field(examples=[0])]
    """How many other workers were told to load it too, without waiting for them: `digits_model_version`
    of `GET /metrics` tells what each serves."""


class Problem(Schema):
    """An error, as RFC 9457 has it (`application/problem+json`)."""

    type: Annotated[str, Field(examples=["/problems/blank-image"])]
    """Stable name of the error: a path under which the service explains it."""

    title: Annotated[str, Field(examples=["Nothing is drawn on the image."])]
    """The error in one sentence, the same every time."""

    status: Annotated[int, Field(examples=[422])]
    """The HTTP status, once more."""

    detail: str
    """What was wrong this time, what is allowed, what to do."""

    code: Annotated[str, Field(examples=["blank-image"])]
    """The last part of `type`, for programs that branch on it."""
