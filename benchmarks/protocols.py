"""Digit images a second through the inference protocols, beside the bare engine, in turn within one run.

python benchmarks/protocols.py [--batch 64] [--clients 2] [--seconds 1] [--rounds 9]
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPConnection

import grpc
import numpy as np
from machine import machine
from served import Served, free_port, serving

from digits.contract import DigitImages
from digits.store import ModelStore
from service.inference.selection import open_engine
from service.rpc.open_inference_pb2 import ModelInferRequest, ModelInferResponse
from service.settings import EngineChoice, Settings

Question = tuple[str, bytes, dict[str, str]]


def v2_binary(images: DigitImages) -> Question:
    """Path, body and headers of a binary tensor, answered in binary."""
    tensor = {"name": "images", "shape": list(images.shape), "datatype": "UINT8"}
    tensor["parameters"] = {"binary_data_size": images.nbytes}
    document = json.dumps({"parameters": {"binary_data_output": True}, "inputs": [tensor]}).encode()
    headers = {"Inference-Header-Content-Length": str(len(document))}
    return "/v2/models/digits/infer", document + images.tobytes(), headers


def v2_json(images: DigitImages) -> Question:
    """The same as one flat list."""
    tensor = {"name": "images", "shape": list(images.shape), "datatype": "UINT8"}
    return (
        "/v2/models/digits/infer",
        json.dumps({"inputs": [{**tensor, "data": images.ravel().tolist()}]}).encode(),
        {},
    )


def v1_rows(images: DigitImages) -> Question:
    """The same as TensorFlow Serving's rows."""
    return "/v1/models/digits:predict", json.dumps({"instances": images.tolist()}).encode(), {}


QUESTIONS: dict[str, Callable[[DigitImages], Question]] = {
    "V2, binary tensors": v2_binary,
    "V2, JSON": v2_json,
    "TensorFlow Serving, JSON": v1_rows,
}


Ask = Callable[[], object]


def over_http(served: Served, question: Question) -> Ask:
    """Ask over a connection of one's own."""
    path, body, headers = question
    connection = HTTPConnection(served.host, served.port)

    def ask() -> None:
        connection.request("POST", path, body, headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")

    return ask


def over_grpc(served: Served, port: int, images: DigitImages) -> Ask:
    """The same over a channel of one's own, as raw bytes; what goes wrong raises."""
    own = [("grpc.use_local_subchannel_pool", 1)]
    call = grpc.insecure_channel(f"{served.host}:{port}", options=own).unary_unary(
        "/inference.GRPCInferenceService/ModelInfer",
        request_serializer=ModelInferRequest.SerializeToString,
        response_deserializer=ModelInferResponse.FromString,
    )
    tensor = ModelInferRequest.InferInputTensor(name="images", datatype="UINT8", shape=list(images.shape))

    def ask() -> object:
        raw = [images.tobytes()]
        return call(ModelInferRequest(model_name="digits", inputs=[tensor], raw_input_contents=raw))

    return ask


def answered_per_s(connect: Callable[[], Ask], images: int, *, clients: int, seconds: float) -> float:
    """Images a second that so many clients, each on a connection of its own, get answered."""
    asks = [connect() for _ in range(clients)]
    for ask in asks:
        ask()

    def repeat(ask: Ask) -> int:
        answered = 0
        while time.perf_counter() < end:
            ask()
            answered += images
        return answered

    end = time.perf_counter() + seconds
    return in_threads([partial(repeat, ask) for ask in asks])


def in_threads(asks: Sequence[Callable[[], int]]) -> float:
    """Sum of what threads get answered, a second."""
    started = time.perf_counter()
    with ThreadPoolExecutor(len(asks)) as threads:
        answered = sum(each.result() for each in [threads.submit(ask) for ask in asks])
    return answered / (time.perf_counter() - started)


def main() -> None:
    """Print one row a protocol."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    images = np.random.default_rng(0).integers(0, 256, (options.batch, 28, 28), np.uint8)
    engine = open_engine(EngineChoice.LITERT, ModelStore(Settings().model_store).open(), threads=1)
    bare: list[float] = []
    port = free_port()
    with serving("--engine", "litert", "--grpc-port", str(port)) as served:
        kinds: dict[str, Callable[[], Ask]] = {
            name: partial(over_http, served, question(images)) for name, question in QUESTIONS.items()
        }
        kinds["V2 over gRPC, raw tensors"] = partial(over_grpc, served, port, images)
        rates: dict[str, list[float]] = {name: [] for name in kinds}
        measure = partial(
            answered_per_s, images=len(images), clients=options.clients, seconds=options.seconds
        )
        for _ in range(options.rounds):
            bare.append(measure(lambda: partial(engine.predict, images)))
            for name, connect in kinds.items():
                rates[name].append(measure(connect))
    print(machine())
    print(f"batches of {options.batch}, {options.clients} clients, medians of {options.rounds} rounds")
    print(f"{'':<26}  images/s  of the bare engine")
    print(f"{'the bare engine':<26}  {np.median(bare):8,.0f}      100 %")
    for name, rate in rates.items():
        share = float(np.median(np.array(rate) / np.array(bare)))
        print(f"{name:<26}  {np.median(rate):8,.0f}  {share:9.0%}")


if __name__ == "__main__":
    main()
