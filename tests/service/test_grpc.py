"""`inference.GRPCInferenceService`, from the outside."""

import asyncio
import hashlib
import logging
import threading

import anyio
import grpc
import numpy as np
import pytest
from pictures import encode
from rpc_client import SERVICE, question, rpc
from stored_models import publish
from stub_service import GatedEngine, StubEngine, until

from digits.store import ModelStore
from service.rpc import open_inference_pb2 as pb

KEY = {"metadata": (("authorization", "Bearer secret"),)}
HASH = hashlib.sha256(b"secret").hexdigest()


async def refused(call):
    """What a call is refused with."""
    with pytest.raises(grpc.aio.AioRpcError) as raised:
        await call
    return raised.value


async def test_is_live_before_it_is_ready():
    def never(_):
        raise RuntimeError("no model")

    async with rpc(load=never) as client:
        live = await client.call("ServerLive")
        ready = await client.call("ServerReady")
        model = await client.call("ModelReady", pb.ModelReadyRequest(name="digits"))
        metadata = await refused(client.call("ModelMetadata", pb.ModelMetadataRequest(name="digits")))

    assert (live.live, ready.ready, model.ready) == (True, False, False)
    assert metadata.code() is grpc.StatusCode.UNAVAILABLE


async def test_is_ready_with_a_model():
    async with rpc() as client:
        assert (await client.call("ServerReady")).ready
        for name, version, ready in (
            ("digits", "", True),
            ("digits", "3", True),
            ("digits", "4", False),
            ("other", "", False),
        ):
            answer = await client.call("ModelReady", pb.ModelReadyRequest(name=name, version=version))
            assert answer.ready is ready


async def test_says_what_rest_says_of_server_and_model():
    async with rpc() as client:
        server = await client.call("ServerMetadata")
        model = await client.call("ModelMetadata", pb.ModelMetadataRequest(name="digits", version="3"))
        over_http = [(await client.http.get(path)).json() for path in ("/v2", "/v2/models/digits/versions/3")]

    as_said = [
        {"name": server.name, "version": server.version, "extensions": list(server.extensions)},
        {
            "name": model.name,
            "versions": list(model.versions),
            "platform": model.platform,
            **{
                side: [
                    {"name": each.name, "datatype": each.datatype, "shape": list(each.shape)}
                    for each in getattr(model, side)
                ]
                for side in ("inputs", "outputs")
            },
        },
    ]
    assert as_said == over_http


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "numbers"])
@pytest.mark.parametrize("version", ["", "3"])
async def test_asks_the_engine_once_for_a_batch_and_answers_as_it_was_asked(mnist_test, raw, version):
    engine, images = StubEngine(), mnist_test[0][:5]

    async with rpc(engine=engine) as client:
        answer = await client.call("ModelInfer", question(images, raw=raw, model_version=version))

    assert (answer.model_name, answer.model_version, answer.id) == ("digits", "3", "42")
    assert [(each.name, each.datatype, list(each.shape)) for each in answer.outputs] == [
        ("probabilities", "FP32", [5, 10]),
        ("digit_score", "FP32", [5]),
    ]
    if raw:
        probabilities = np.frombuffer(answer.raw_output_contents[0], "<f4")
    else:
        probabilities = np.float32(answer.outputs[0].contents.fp32_contents)
        assert not answer.raw_output_contents
    assert probabilities[7] == pytest.approx(0.91)
    assert len(engine.calls) == 1
    np.testing.assert_array_equal(engine.calls[0], images)


def pictures(*encoded, raw=False):
    tensor = pb.ModelInferRequest.InferInputTensor(name="image", datatype="BYTES", shape=[len(encoded)])
    if not raw:
        tensor.contents.bytes_contents.extend(encoded)
    content = b"".join(len(each).to_bytes(4, "little") + each for each in encoded)
    return pb.ModelInferRequest(
        model_name="digits", inputs=[tensor], raw_input_contents=[content] if raw else []
    )


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "elements"])
async def test_frames_encoded_pictures_as_predict_does(mnist_test, raw):
    engine, images = StubEngine(), mnist_test[0][:2]

    async with rpc(engine=engine) as client:
        answer = await client.call("ModelInfer", pictures(*map(encode, images), raw=raw))

    assert answer.id
    np.testing.assert_array_equal(engine.calls[0], images)


@pytest.mark.parametrize("raw", [True, False], ids=["raw", "elements"])
async def test_gives_only_the_outputs_that_are_wanted_and_names_classes(mnist_test, raw):
    wanted = pb.ModelInferRequest.InferRequestedOutputTensor(name="probabilities")
    wanted.parameters["classification"].int64_param = 1

    async with rpc() as client:
        answer = await client.call("ModelInfer", question(mnist_test[0][:1], raw=raw, outputs=[wanted]))

    [output] = answer.outputs
    [content] = answer.raw_output_contents if raw else output.contents.bytes_contents
    assert (output.name, output.datatype, list(output.shape)) == ("probabilities", "BYTES", [1, 1])
    assert content[4 if raw else 0 :].startswith(b"0.91")
    assert content.endswith(b":7:7")


IMAGES = np.zeros((1, 28, 28), np.uint8)
BLANK = encode(np.zeros((50, 50), np.uint8))


@pytest.mark.parametrize(
    ("request_", "code", "problem"),
    [
        pytest.param(question(IMAGES, model_name="other"), "NOT_FOUND", "unknown-servable", id="model"),
        pytest.param(question(IMAGES, model_version="9"), "NOT_FOUND", "unknown-servable", id="version"),
        pytest.param(question(IMAGES, model_version="x"), "NOT_FOUND", "unknown-servable", id="no-version"),
        pytest.param(question(IMAGES, inputs=[]), "INVALID_ARGUMENT", "protocol-error", id="no-input"),
        pytest.param(
            question(IMAGES, raw_input_contents=[b"1"]), "INVALID_ARGUMENT", "protocol-error", id="short"
        ),
        pytest.param(
            question(IMAGES, raw_input_contents=[b"", b""]),
            "INVALID_ARGUMENT",
            "protocol-error",
            id="two-raw",
        ),
        pytest.param(
            question(IMAGES, raw=False, raw_input_contents=[bytes(784)]),
            *("INVALID_ARGUMENT", "protocol-error"),
            id="both",
        ),
        pytest.param(
            question(np.zeros((1400, 28, 28), np.uint8), raw=False),
            *("INVALID_ARGUMENT", "protocol-error"),
            id="too-many-numbers",
        ),
        pytest.param(
            question(IMAGES, outputs=[pb.ModelInferRequest.InferRequestedOutputTensor(name="x")]),
            *("INVALID_ARGUMENT", "protocol-error"),
            id="unknown-output",
        ),
        pytest.param(pictures(b"PDF"), "INVALID_ARGUMENT", "unreadable-image", id="no-picture"),
        pytest.param(pictures(BLANK), "INVALID_ARGUMENT", "blank-image", id="blank"),
        pytest.param(b"\xff\xff", "INVALID_ARGUMENT", "protocol-error", id="no-message"),
        pytest.param(b"\x0a\x02\xff\xff", "INVALID_ARGUMENT", "protocol-error", id="no-text"),
        pytest.param(b"\x2a\x00" * 10_000, "INVALID_ARGUMENT", "protocol-error", id="many-inputs"),
    ],
)
async def test_refuses_what_rest_refuses_with_its_problem(request_, code, problem):
    async with rpc() as client:
        error = await refused(client.call("ModelInfer", request_))
        metrics = client.app.state.metrics.exposition().decode()

    trailing = dict(error.trailing_metadata())
    assert (error.code().name, trailing["digits-problem"]) == (code, problem)
    assert error.details()
    assert trailing["x-request-id"]
    assert f'digits_problems_total{{code="{problem}"}} 1.0' in metrics


@pytest.mark.parametrize("compression", [grpc.Compression.NoCompression, grpc.Compression.Gzip])
async def test_refuses_a_message_that_is_or_inflates_too_large(compression):
    asked = question(np.zeros((200, 28, 28), np.uint8))

    async with rpc(max_upload_bytes=100_000) as client:
        error = await refused(client.call("ModelInfer", asked, compression=compression))

    assert error.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


async def test_a_method_that_there_is_not_is_unimplemented():
    async with rpc() as client:
        error = await refused(client.call("ModelConfig", b"", response=pb.ServerLiveResponse))

    assert error.code() is grpc.StatusCode.UNIMPLEMENTED


async def test_admits_a_bug_and_tells_nothing_of_it(mnist_test, caplog):
    class Broken(StubEngine):
        def predict(self, _):
            raise RuntimeError("a secret")

    async with rpc(engine=Broken()) as client:
        error = await refused(client.call("ModelInfer", question(mnist_test[0][:1])))

    assert error.code() is grpc.StatusCode.INTERNAL
    assert "secret" not in error.details()
    assert "a secret" in caplog.text


async def test_asks_for_a_key_where_rest_does(mnist_test):
    asked = question(mnist_test[0][:1])

    async with rpc(api_keys_sha256=HASH, key_rate_per_s=1) as client:
        without = await refused(client.call("ModelInfer", asked))
        await client.call("ModelInfer", asked, **KEY)
        too_often = await refused(client.call("RepositoryIndex", **KEY))
        await client.call("ServerMetadata")

    assert without.code() is grpc.StatusCode.UNAUTHENTICATED
    assert too_often.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert dict(too_often.trailing_metadata())["grpc-retry-pushback-ms"] == "1000"


async def test_is_refused_under_overload_and_counted_like_any_request(mnist_test):
    engine, asked = GatedEngine(), question(mnist_test[0][:3])

    async with rpc(engine=engine, max_pending=1, threads=1) as client, anyio.create_task_group() as tasks:

        async def ask():
            await client.call("ModelInfer", asked)

        tasks.start_soon(ask)
        await until(engine.entered.is_set)
        error = await refused(client.call("ModelInfer", asked))
        engine.may_go.set()
        counted = 'digits_predictions_total{digit="7"} 3.0'
        await until(lambda: counted in client.app.state.metrics.exposition().decode())

    assert (error.code(), dict(error.trailing_metadata())["grpc-retry-pushback-ms"]) == (
        grpc.StatusCode.UNAVAILABLE,
        "1000",
    )


async def test_gives_up_at_the_services_deadline(mnist_test):
    engine = GatedEngine()

    async with rpc(engine=engine, deadline_s=0.05) as client:
        error = await refused(client.call("ModelInfer", question(mnist_test[0][:1])))
        engine.may_go.set()

    assert dict(error.trailing_metadata())["digits-problem"] == "deadline-exceeded"


async def test_logs_and_counts_each_call_with_its_id(mnist_test, caplog):
    caplog.set_level(logging.INFO, "digits.request")

    async with rpc() as client:
        call = client.call(
            "ModelInfer", question(mnist_test[0][:1]), metadata=(("x-request-id", "from-a-client"),)
        )
        await call
        trailing = dict(await call.trailing_metadata())
        metrics = client.app.state.metrics.exposition().decode()

    [line] = [record for record in caplog.records if record.message == "request"]
    assert trailing["x-request-id"] == line.fields["request_id"] == "from-a-client"
    assert (line.fields["path"], line.fields["status"]) == (f"/{SERVICE}/ModelInfer", "OK")
    assert f'digits_requests_total{{method="POST",route="/{SERVICE}/ModelInfer",status="200"}} 1.0' in metrics


async def test_a_client_that_leaves_is_counted_as_gone(mnist_test):
    engine = GatedEngine()

    async with rpc(engine=engine) as client:
        call = client.call("ModelInfer", question(mnist_test[0][:1]))
        await until(engine.entered.is_set)
        call.cancel()
        await until(lambda: 'status="gone"} 1.0' in client.app.state.metrics.exposition().decode())
        engine.may_go.set()


async def test_lists_the_store_and_what_of_it_serves(tmp_path):
    store = ModelStore(tmp_path)
    for _ in range(3):
        publish(store)

    async with rpc(model_store=tmp_path) as client:
        whole = await client.call("RepositoryIndex")
        ready = await client.call("RepositoryIndex", pb.RepositoryIndexRequest(ready=True))

    assert [(each.version, each.state) for each in whole.models] == [
        ("1", "UNAVAILABLE"),
        ("2", "UNAVAILABLE"),
        ("3", "READY"),
    ]
    assert [each.version for each in ready.models] == ["3"]


async def test_the_operator_loads_anew_and_unloads():
    digits = {"model_name": "digits"}

    async with rpc(admin_key_sha256=HASH) as client:
        before = client.app.state.slot.recognizer
        other = await refused(
            client.call("RepositoryModelLoad", pb.RepositoryModelLoadRequest(model_name="other"), **KEY)
        )
        keyless = await refused(client.call("RepositoryModelLoad", pb.RepositoryModelLoadRequest(**digits)))
        await client.call("RepositoryModelLoad", pb.RepositoryModelLoadRequest(**digits), **KEY)
        after = client.app.state.slot.recognizer
        unload = pb.RepositoryModelUnloadRequest(**digits)
        await client.call("RepositoryModelUnload", unload, **KEY)
        unloaded = await client.call("ModelReady", pb.ModelReadyRequest(name="digits"))

    assert after is not before
    assert other.code() is grpc.StatusCode.NOT_FOUND
    assert keyless.code() is grpc.StatusCode.UNAUTHENTICATED
    assert not unloaded.ready


async def test_administration_is_off_without_an_admin_key():
    async with rpc() as client:
        error = await refused(client.call("RepositoryModelLoad", **KEY))

    assert error.code() is grpc.StatusCode.PERMISSION_DENIED


async def test_a_client_that_sends_nothing_is_given_up():
    nobody = asyncio.Event()

    async def silence():
        await nobody.wait()
        yield b""

    async with rpc(upload_timeout_s=0.05) as client:
        error = await refused(client.channel.stream_unary(f"/{SERVICE}/ModelInfer")(silence(), timeout=10))

    assert dict(error.trailing_metadata())["digits-problem"] == "upload-too-slow"


async def test_what_is_no_http_disturbs_nobody():
    async with rpc() as client:
        reader, writer = await asyncio.open_connection("127.0.0.1", client.app.state.settings.grpc_port)
        writer.write(b"GET / HTTP/1.1\r\n\r\n" + bytes(100_000))
        await reader.read()
        writer.close()

        assert (await client.call("ServerReady")).ready


async def test_what_was_accepted_is_answered_before_the_server_ends(mnist_test):
    engine = GatedEngine()

    async with rpc(engine=engine) as client:
        call = client.call("ModelInfer", question(mnist_test[0][:1]))
        await until(engine.entered.is_set)
        threading.Timer(0.05, engine.may_go.set).start()

    assert (await call).model_name == "digits"


class Traced:
    """Remembers what it traced."""

    def __init__(self):
        self.traced = []

    def record(self, headers, facts, *, since_s, watch):  # noqa: ARG002 - of the Protocol
        self.traced.append((headers, facts, [stage for stage, *_ in watch.laps]))
        return "the-trace"

    def close(self):
        pass


async def test_traces_a_call_with_its_stages(mnist_test):
    tracing = Traced()

    async with rpc(tracing=tracing) as client:
        await client.call("ModelInfer", question(mnist_test[0][:1]), metadata=(("traceparent", "00-1-2-01"),))

    [(headers, facts, stages)] = tracing.traced
    assert headers["traceparent"] == "00-1-2-01"
    assert (facts["rpc.system"], facts["rpc.service"], facts["rpc.method"]) == ("grpc", SERVICE, "ModelInfer")
    assert stages == ["waiting", "engine"]
