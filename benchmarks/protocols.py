"""Digit images a second through the inference protocols, beside the bare engine, in turn within one run.

python benchmarks/protocols.py [--batch 64] [--clients 2] [--seconds 1] [--rounds 9]
"""

import argparse
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection

import numpy as np
from machine import machine
from served import Served, serving

from digits.contract import DigitImages
from digits.store import ModelStore
from service.inference.engine import Engine
from service.inference.selection import open_engine
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


def served_per_s(served: Served, question: Question, images: int, *, clients: int, seconds: float) -> float:
    """Images a second that so many clients, each on a connection of its own, get answered."""
    path, body, headers = question

    def ask() -> int:
        connection = HTTPConnection(served.host, served.port)
        answered = 0
        while time.perf_counter() < end:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}")
            answered += images
        connection.close()
        return answered

    end = time.perf_counter() + seconds
    return in_threads(ask, clients)


def in_threads(ask: Callable[[], int], count: int) -> float:
    """Sum of what so many threads get answered, a second."""
    started = time.perf_counter()
    with ThreadPoolExecutor(count) as threads:
        answered = sum(each.result() for each in [threads.submit(ask) for _ in range(count)])
    return answered / (time.perf_counter() - started)


def bare_per_s(engine: Engine, images: DigitImages, *, clients: int, seconds: float) -> float:
    """Images a second of the engine alone, in this process, asked by so many threads."""

    def ask() -> int:
        answered = 0
        while time.perf_counter() < end:
            engine.predict(images)
            answered += len(images)
        return answered

    end = time.perf_counter() + seconds
    return in_threads(ask, clients)


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
    rates: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    with serving("--engine", "litert") as served:
        for _ in range(options.rounds):
            bare.append(bare_per_s(engine, images, clients=options.clients, seconds=options.seconds))
            for name, question in QUESTIONS.items():
                rate = served_per_s(
                    served, question(images), len(images), clients=options.clients, seconds=options.seconds
                )
                rates[name].append(rate)
    print(machine())
    print(f"batches of {options.batch}, {options.clients} clients, medians of {options.rounds} rounds")
    print(f"{'':<26}  images/s  of the bare engine")
    print(f"{'the bare engine':<26}  {np.median(bare):8,.0f}      100 %")
    for name, rate in rates.items():
        share = float(np.median(np.array(rate) / np.array(bare)))
        print(f"{name:<26}  {np.median(rate):8,.0f}  {share:9.0%}")


if __name__ == "__main__":
    main()
