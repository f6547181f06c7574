"""Ask Digits as MLServer's documentation asks a server: by its types and codecs, over plain HTTP.

python ask.py HOST:PORT IMAGES.npy PICTURE ANSWERS.npz
"""

import http.client
import sys
from pathlib import Path

import numpy as np
from mlserver.codecs import Base64Codec, NumpyCodec
from mlserver.types import InferenceRequest, InferenceResponse, MetadataModelResponse, RequestInput

BATCH = 100


class Server:
    """What answers."""

    def __init__(self, address: str) -> None:
        self._connection = http.client.HTTPConnection(address, timeout=60)

    def call(self, method: str, path: str, body: str | None = None) -> bytes:
        """The body of a good answer."""
        self._connection.request(method, path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {content!r}")
        return content

    def probabilities(self, tensor: RequestInput) -> np.ndarray:
        """Of each image in the tensor."""
        asked = InferenceRequest(inputs=[tensor])
        content = self.call("POST", "/v2/models/digits/infer", asked.model_dump_json())
        found = {each.name: each for each in InferenceResponse.model_validate_json(content).outputs}
        return NumpyCodec.decode_output(found["probabilities"])


def main(address: str, images: str, picture: str, answers: str) -> None:
    """Write what is said of MNIST's images and of a picture."""
    server = Server(address)
    metadata = MetadataModelResponse.model_validate_json(server.call("GET", "/v2/models/digits"))
    batches = np.split(np.load(images), range(BATCH, 10_000, BATCH))
    np.savez(
        answers,
        names=[each.name for each in metadata.inputs or ()],
        mnist=np.concatenate(
            [server.probabilities(NumpyCodec.encode_input("images", each)) for each in batches]
        ),
        picture=server.probabilities(Base64Codec.encode_input("image", [Path(picture).read_bytes()])),
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
