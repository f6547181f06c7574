"""LitServe: an HTTP server in front of worker processes."""

import sys

import litserve as ls
from fastapi import Request
from recognition import LiteRT


class Recognition(ls.LitAPI):
    def setup(self, device):  # noqa: ARG002 - LitServe's signature
        self.recognize = LiteRT()

    def decode_request(self, request: Request):
        return request["image"].file.read()

    def predict(self, picture):
        return self.recognize(picture)

    def encode_response(self, output):
        return output


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    server = ls.LitServer(
        Recognition(), accelerator="cpu", devices=1, workers_per_device=workers, fast_queue=True
    )
    server.run(
        host="127.0.0.1",
        port=port,
        num_api_servers=workers,
        generate_client_file=False,
        log_level="warning",
        access_log=False,
    )
