"""Let libFuzzer look for bodies that the inference protocols neither read nor refuse in a way that we know.

python tests/fuzz/fuzz_protocols.py CORPUS [-max_total_time=3600] [-timeout=10] [-rss_limit_mb=2048]

CORPUS and findings are as in fuzz_imaging.py. An input is a byte that chooses the parser and the
Content-Encoding, two bytes for the header `Inference-Header-Content-Length`, and the body.
"""

import contextlib
import json
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["service.protocols", "json"]):
    from digits.errors import DigitsError
    from service.protocols.compression import inflate
    from service.protocols.open_inference import request as v2
    from service.protocols.open_inference import response as v2_response
    from service.protocols.tensorflow_serving import request as v1

LIMIT_BYTES = 1_000_000
ENCODINGS = ("", "gzip", "deflate", "br")


def ask_v2(body: bytes, json_length: str | None) -> None:
    """As the route does, up to the model."""
    v2_response.check_outputs(v2.parse(body, json_length).request)


PARSERS = (
    lambda body, _: ask_v2(body, None),
    ask_v2,
    lambda body, _: v1.parse_predict(body),
    lambda body, _: v1.parse_classify(body),
)


def one_input(data: bytes) -> None:
    """A question or a `DigitsError`, and nothing else."""
    choice, length, body = data[:1] or b"\0", int.from_bytes(data[1:3], "little"), data[3:]
    parser, encoding = PARSERS[choice[0] % 4], ENCODINGS[choice[0] // 4 % 4]
    with contextlib.suppress(DigitsError):
        parser(inflate(body, encoding, limit_bytes=LIMIT_BYTES), str(length))


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
    corpus = Path(next((each for each in sys.argv[1:] if not each.startswith("-")), "."))
    if not corpus.is_file():
        corpus.mkdir(parents=True, exist_ok=True)
        for name, data in seeds():
            (corpus / f"seed-{name}").write_bytes(data)
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
