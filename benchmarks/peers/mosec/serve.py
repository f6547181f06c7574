"""mosec: worker processes behind its Rust server, each taking one picture at a time."""

import sys

from mosec import Server, Worker
from recognition import LiteRT


class Recognition(Worker):
    def __init__(self):
        super().__init__()
        self.recognize = LiteRT()

    def deserialize(self, data):
        return data  # the default is JSON; the body is the picture

    def forward(self, data):
        return self.recognize(data)


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    sys.argv[1:] = ["--address", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    server = Server()
    server.append_worker(Recognition, num=workers)
    server.run()
