"""Digits on a Ray cluster: `serve run --working-dir deploy/ray digits_on_ray:application`.

Two deployments, because two things scale apart: the application, which reads pictures and costs processors,
and the engine, which holds the weights and may have a GPU. What passes between them is digit images, 784
bytes each.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, Final, TypeAlias

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel, NonNegativeFloat, NonNegativeInt, PositiveInt
from ray import serve
from ray.exceptions import RayActorError
from ray.serve.config import AutoscalingConfig
from ray.serve.exceptions import BackPressureError, ReplicaUnavailableError
from ray.serve.handle import DeploymentHandle

from digits.contract import DigitImages
from digits.store import ModelStore, StoredModel
from service.app import create_app
from service.errors import NotReadyError, OverloadedError
from service.inference.engine import Answers, Engine
from service.inference.selection import open_engine, select_engine
from service.main import load
from service.settings import Settings

Question: TypeAlias = tuple[int, DigitImages]
"""The number of a version, and digit images for it."""

_TRIES: Final = 3
"""Replicas that are asked in turn when one is lost in the middle of a call; asking twice does no harm."""

_CALL_TIMEOUT_S: Final = 20
"""Less than DIGITS_DEADLINE_S, after which nobody waits for the answer."""

_OPEN_TIMEOUT_S: Final = 120
"""For a version to be opened where none is open yet; TensorFlow takes ten seconds on an idle machine."""

_KEPT: Final = 4
"""Versions that a replica keeps open."""


class Arguments(BaseModel):
    """What `serve run … name=value` and a Serve config file may set; all else is DIGITS_* where that is run.

    Attributes:
        replicas: Of the application; 0 lets Ray choose from 1 to `max_replicas`.
        engines: Replicas of the engine, in the same way.
        cpus: Of a replica of the application, as Ray counts them.
        per_node: Replicas of each kind that one node may hold, so that a lost node takes no more; 0 is any.
    """

    replicas: NonNegativeInt = 0
    max_replicas: PositiveInt = 16
    cpus: NonNegativeFloat = 1
    engines: NonNegativeInt = 0
    max_engines: PositiveInt = 4
    engine_cpus: NonNegativeFloat = 1
    engine_gpus: NonNegativeFloat = 0
    per_node: NonNegativeInt = 0


@serve.deployment(name="Engine", max_ongoing_requests=32, max_queued_requests=64)
class EngineReplica:
    """Holds the weights, once for all who ask; what waits at the same time is answered by one call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open: Callable[[int], Engine] = lru_cache(_KEPT)(self._open_anew)
        self._open(ModelStore(settings.model_store).open(settings.model_version).version)

    def _open_anew(self, version: int) -> Engine:
        model = ModelStore(self._settings.model_store).open(version)
        engine = select_engine(self._settings.engine, model).engine
        return open_engine(engine, model, threads=self._settings.threads)

    async def name_of(self, version: int) -> str:
        """What the engine of a version is called, once it is open here."""
        return (await asyncio.to_thread(self._open, version)).name

    @serve.batch(max_batch_size=32, batch_wait_timeout_s=0)
    async def predict(self, questions: list[Question]) -> list[Answers]:
        """Answer questions; those of one version by one call."""
        return await asyncio.to_thread(self._answer, questions)

    def _answer(self, questions: list[Question]) -> list[Answers]:
        places: dict[int, list[int]] = defaultdict(list)
        for place, (version, _) in enumerate(questions):
            places[version].append(place)
        answers: dict[int, Answers] = {}
        for version, those in places.items():
            together = self._open(version).predict(np.concatenate([questions[each][1] for each in those]))
            end = 0
            for each in those:
                begin, end = end, end + len(questions[each][1])
                answers[each] = together[begin:end]
        return [answers[place] for place in range(len(questions))]


class RemoteEngine:
    """An engine somewhere in the cluster, for one version; what `Engine` asks of one that is here."""

    batches = True
    is_quick = False

    def __init__(self, handle: DeploymentHandle[Any], version: int) -> None:
        self._handle = handle
        self._version = version
        self.name: str = handle.name_of.remote(version).result(timeout_s=_OPEN_TIMEOUT_S)

    def predict(self, images: DigitImages) -> Answers:
        """See `Engine.predict`.

        Raises:
            OverloadedError: More wait for the engine than it takes.
            NotReadyError: No replica of the engine lived long enough to answer.
        """
        for _ in range(_TRIES):
            try:
                question: Question = (self._version, images)
                answers: Answers = self._handle.predict.remote(question).result(timeout_s=_CALL_TIMEOUT_S)
            except BackPressureError as error:
                raise OverloadedError from error
            except (RayActorError, ReplicaUnavailableError):
                continue
            return answers
        raise NotReadyError("The engine was lost.")


def build(settings: Settings) -> FastAPI:
    """The same application as everywhere, which asks an engine elsewhere. Runs in each of its replicas."""
    handle = serve.get_deployment_handle("Engine", serve.get_replica_context().app_name)

    def ask_elsewhere(_: Settings, model: StoredModel) -> Engine:
        return RemoteEngine(handle, model.version)

    return create_app(settings, load=partial(load, engine_for=ask_elsewhere))


class Readiness:
    """What Serve asks a replica of the application, before the first request and ever after."""

    app: Any

    def __init__(self, engine: DeploymentHandle[Any]) -> None:
        """Only be bound to the engine, so that Serve deploys it too."""

    async def check_health(self) -> None:
        """Wait until there is a model.

        Raises:
            NotReadyError: There will be none; Serve tries another replica.
        """
        slot = self.app.state.slot
        while not slot.ready:
            if slot.failed:
                raise NotReadyError("The model could not be loaded.")
            await asyncio.sleep(0.05)


def application(arguments: Arguments) -> serve.Application:
    """What `serve run` deploys, with the settings that DIGITS_* give where it is run.

    The application is built where it serves: it holds locks and sockets, and could not be sent there.
    """
    settings = Settings(threads=1)  # a replica is one of many, of one CPU
    settings = settings.model_copy(update={"model_store": settings.model_store.absolute()})  # on every node

    def build_here() -> FastAPI:
        return build(settings)

    engine = EngineReplica.options(  # type: ignore[attr-defined] # its decorator's types are wrong
        **_shape(arguments.engines, arguments.max_engines, arguments.per_node),
        ray_actor_options={"num_cpus": arguments.engine_cpus, "num_gpus": arguments.engine_gpus},
    )
    deployed = serve.deployment(
        name="Digits",
        max_ongoing_requests=64,
        max_queued_requests=256,
        graceful_shutdown_timeout_s=settings.shutdown_grace_s,
        ray_actor_options={"num_cpus": arguments.cpus},
    )(serve.ingress(build_here)(Readiness))
    shape = _shape(arguments.replicas, arguments.max_replicas, arguments.per_node)
    return deployed.options(**shape).bind(engine.bind(settings))


def _shape(exactly: int, at_most: int, per_node: int) -> dict[str, Any]:
    """How many replicas: so many, or as many as keep eight requests under way in each; and where."""
    spread = {"max_replicas_per_node": per_node} if per_node else {}
    if exactly:
        return {"num_replicas": exactly, **spread}
    scaling = AutoscalingConfig(min_replicas=1, max_replicas=at_most, target_ongoing_requests=8)
    return {"autoscaling_config": scaling, **spread}
