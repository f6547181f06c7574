"""`inference.GRPCInferenceService`: each call translated, and delegated to what answers HTTP."""

import asyncio
from collections.abc import Mapping
from typing import Final, NoReturn

import anyio.to_thread

from digits.store import MODEL_NAME, ModelStore
from service.errors import NotReadyError, UnknownServableError
from service.inference.engine import Answers
from service.inference.recognizer import Recognizer
from service.inference.stopwatch import Stopwatch
from service.protocols.open_inference import description
from service.protocols.open_inference.outputs import check_outputs
from service.protocols.servable import find, find_by_text
from service.rpc import open_inference_pb2 as pb
from service.rpc.calls import Call, Calls, Method
from service.rpc.messages import question_of, reply_to, request_of
from service.rpc.serving import Serving
from service.supervisor import reload_all_workers

SERVICE: Final[str] = pb.DESCRIPTOR.services_by_name["GRPCInferenceService"].full_name


class InferenceService:
    """Answers the calls."""

    def __init__(self, serving: Serving) -> None:
        self._serving = serving
        self._lineup = serving.lineup

    def methods(self, calls: Calls) -> Mapping[str, Method]:
        """By name, each with who may call it."""
        return {
            "ServerLive": Method(None, self._server_live),
            "ServerReady": Method(None, self._server_ready),
            "ServerMetadata": Method(None, self._server_metadata),
            "ModelReady": Method(pb.ModelReadyRequest, self._model_ready),
            "ModelMetadata": Method(pb.ModelMetadataRequest, self._model_metadata),
            "ModelInfer": Method(pb.ModelInferRequest, self._model_infer, calls.need_key),
            "RepositoryIndex": Method(pb.RepositoryIndexRequest, self._index, calls.need_key),
            "RepositoryModelLoad": Method(pb.RepositoryModelLoadRequest, self._load, calls.need_admin),
            "RepositoryModelUnload": Method(pb.RepositoryModelUnloadRequest, self._unload, calls.need_admin),
        }

    async def _server_live(self, _: Call) -> pb.ServerLiveResponse:
        return pb.ServerLiveResponse(live=True)

    async def _server_ready(self, _: Call) -> pb.ServerReadyResponse:
        return pb.ServerReadyResponse(ready=self._lineup.primary.ready)

    async def _server_metadata(self, _: Call) -> pb.ServerMetadataResponse:
        return pb.ServerMetadataResponse(**description.describe_server().model_dump())

    async def _model_ready(self, asked: pb.ModelReadyRequest, _: Call) -> pb.ModelReadyResponse:
        try:
            self._find(asked.name, asked.version)
        except (NotReadyError, UnknownServableError):
            return pb.ModelReadyResponse(ready=False)  # as Triton says of a model that it does not know
        return pb.ModelReadyResponse(ready=True)

    async def _model_metadata(self, asked: pb.ModelMetadataRequest, _: Call) -> pb.ModelMetadataResponse:
        model = self._find(asked.name, asked.version).model
        versions = [model.version] if asked.version else self._lineup.versions
        return pb.ModelMetadataResponse(**description.describe_model(model.name, versions).model_dump())

    async def _model_infer(self, asked: pb.ModelInferRequest, call: Call) -> bytes:
        recognizer = self._find(asked.model_name, asked.model_version)
        if not asked.model_version:
            recognizer = self._lineup.choose(call.body)
        watch = call.watch = Stopwatch()

        def work() -> tuple[Answers, bytes]:
            request = request_of(asked)
            question = question_of(asked, request)
            check_outputs(request)
            answers = question.put_to(recognizer)
            return answers, reply_to(asked, request, answers, recognizer.model)

        answers, reply = await self._serving.admission.serve(
            lambda: recognizer.in_turn(work, watch), _cancelled_by_grpc
        )
        self._serving.metrics.gave(answers, recognizer.model.version)
        return reply

    async def _index(self, asked: pb.RepositoryIndexRequest, _: Call) -> pb.RepositoryIndexResponse:
        store = ModelStore(self._serving.settings.model_store)
        stored = await anyio.to_thread.run_sync(store.versions)
        entries = description.index(stored, self._lineup.versions, only_ready=asked.ready)
        return pb.RepositoryIndexResponse(
            models=[pb.RepositoryIndexResponse.ModelIndex(**each.model_dump()) for each in entries]
        )

    async def _load(self, asked: pb.RepositoryModelLoadRequest, _: Call) -> pb.RepositoryModelLoadResponse:
        _check_name(asked.model_name)
        await self._serving.reloader.reload()
        if self._serving.settings.workers > 1:
            reload_all_workers()
        return pb.RepositoryModelLoadResponse()

    async def _unload(
        self, asked: pb.RepositoryModelUnloadRequest, _: Call
    ) -> pb.RepositoryModelUnloadResponse:
        _check_name(asked.model_name)
        await self._serving.reloader.unload()
        return pb.RepositoryModelUnloadResponse()

    def _find(self, name: str, version: str) -> Recognizer:
        return find_by_text(self._lineup, name, version) if version else find(self._lineup, name, None)


async def _cancelled_by_grpc() -> NoReturn:
    """Wait for ever: when the client is gone, gRPC cancels the call itself."""
    await asyncio.get_running_loop().create_future()
    raise AssertionError


def _check_name(name: str) -> None:
    if name != MODEL_NAME:
        raise UnknownServableError(name, None)
