"""Let libFuzzer look for bodies that the inference protocols neither read nor refuse in a way that we know.

python tests/fuzz/fuzz_protocols.py CORPUS [--only v2-binary] [-max_total_time=3600] [-timeout=10]

CORPUS and findings are as in fuzz_imaging.py. An input is a byte that chooses the parser and the
Content-Encoding, two bytes for the header `Inference-Header-Content-Length`, and the body; with `--only`
one parser gets all. An input that takes longer than any before is named.
"""

import argparse
import contextlib
import json
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import atheris
import numpy as np

with atheris.instrument_imports(include=["service.protocols", "json"]):
    from digits.errors import DigitsError
    from digits.store import StoredModel
    from service.inference.engine import Answers
    from service.protocols.compression import inflate
    from service.protocols.open_inference import outputs as v2_outputs
    from service.protocols.open_inference import request as v2
    from service.protocols.open_inference import response as v2_response
    from service.protocols.tensorflow_serving import request as v1

from mutation import mutated

LIMIT_BYTES = 1_000_000
ENCODINGS = ("", "gzip", "deflate", "br")


MODEL = StoredModel("digits", 1, Path("nowhere"), None)
ANSWERS = Answers.of(np.full((1, 10), 0.1, np.float32), None)


def ask_v2(body: bytes, json_length: str | None) -> None:
    """As the route does, with one answer instead of the model's."""
    asked = v2.parse(body, json_length)
    v2_outputs.check_outputs(asked.request)
    v2_response.encode(ANSWERS, asked.request, MODEL)


PARSERS = {
    "v2-json": lambda body, _: ask_v2(body, None),
    "v2-binary": ask_v2,
    "v1-predict": lambda body, _: v1.parse_predict(body),
    "v1-classify": lambda body, _: v1.parse_classify(body),
}


class Fuzzer:
    """Gives inputs to the parsers, and remembers which took longest."""

    def __init__(self, only: str | None) -> None:
        self._names = [only] * len(PARSERS) if only else list(PARSERS)
        self._slowest_s = 0.0

    def one_input(self, data: bytes) -> None:
        """A question or a `DigitsError`, and nothing else."""
        began_s = time.thread_time()
        choice, length, body = data[:1] or b"\0", int.from_bytes(data[1:3], "little"), data[3:]
        parser, encoding = PARSERS[self._names[choice[0] % 4]], ENCODINGS[choice[0] // 4 % 4]
        with contextlib.suppress(DigitsError):
            parser(inflate(body, encoding, limit_bytes=LIMIT_BYTES), str(length))
        took_s = time.thread_time() - began_s
        if took_s > self._slowest_s:
            self._slowest_s = took_s
            print(f"slowest so far: {took_s * 1000:.1f} ms of CPU, {len(data):,} bytes: {data[:60]!r}")  # noqa: T201

    def mutate(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Change the JSON of a plain body as JSON, half the time; else, and all other inputs, some bytes."""
        chance = Random(seed)  # noqa: S311 - no secret
        head, body = data[:3], data[3:]
        if len(head) == 3 and chance.random() < 0.5:
            binary = self._names[head[0] % 4] == "v2-binary"
            length = int.from_bytes(head[1:], "little") if binary else len(body)
            document = mutated(body[:length], chance)
            if document and len(document) < min(2**16, max_size - 3 - len(body[length:])):
                head = head[:1] + len(document).to_bytes(2, "little") if binary else head
                return head + document + body[length:]
        return atheris.Mutate(data, max_size)


def seeds() -> Iterator[tuple[str, bytes]]:
    """Whole questions of each kind."""
    image = [[0] * 28] * 28
    tensor = {"name": "images", "shape": [1, 28, 28], "datatype": "UINT8"}
    pictures = {"name": "image", "shape": [1], "datatype": "BYTES"}
    outputs = [{"name": "probabilities", "parameters": {"classification": 3, "binary_data": True}}]
    flat = json.dumps({"id": "1", "inputs": [{**tensor, "data": [0] * 784}], "outputs": outputs}).encode()
    binary = json.dumps({"inputs": [{**tensor, "parameters": {"binary_data_size": 784}}]}).encode()
    elements = json.dumps({"inputs": [{**pictures, "parameters": {"binary_data_size": 7}}]}).encode()
    yield "v2-flat", b"\0\0\0" + flat
    yield "v2-deflate", b"\x08\0\0" + zlib.compress(flat)
    yield "v2-base64", b"\0\0\0" + json.dumps({"inputs": [{**pictures, "data": ["YWJj"]}]}).encode()
    yield "v2-binary", b"\1" + len(binary).to_bytes(2, "little") + binary + bytes(784)
    yield "v2-elements", b"\1" + len(elements).to_bytes(2, "little") + elements + b"\3\0\0\0PNG"
    for name, message in {
        "rows": {"instances": [image]},
        "named": {"instances": [{"images": image}]},
        "base64": {"instances": [{"b64": "YWJj"}]},
        "column": {"inputs": {"image": [{"b64": "YWJj"}]}},
    }.items():
        yield f"v1-{name}", b"\2\0\0" + json.dumps(message).encode()
    yield "v1-classify", b"\3\0\0" + json.dumps({"examples": [{"images": [0] * 784}]}).encode()


def main() -> None:
    """Fuzz until told to stop."""
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--only", choices=PARSERS)
    options, others = parser.parse_known_args()
    corpus = Path(next((each for each in others if not each.startswith("-")), "."))
    if not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        for name, data in seeds():
            (corpus / f"seed-{name}").write_bytes(data)
    fuzzer = Fuzzer(options.only)
    atheris.Setup([sys.argv[0], *others], fuzzer.one_input, custom_mutator=fuzzer.mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
