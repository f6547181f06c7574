"""mosec over the SavedModel, in the stages its documentation advises: imaging, then batches."""

import sys

import numpy as np
from mosec import Server, Worker
from recognition import SavedModel, answer, image_of

BATCH = 32


class Imaging(Worker):
    def deserialize(self, data):
        return data

    def forward(self, data):
        return image_of(data)


class Network(Worker):
    def __init__(self):
        super().__init__()
        self.model = SavedModel(threads=1, warmed=tuple(range(1, BATCH + 1)))

    def forward(self, data):
        return [answer(each) for each in self.model(np.stack(data))]


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    sys.argv[1:] = ["--address", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
    server = Server()
    server.append_worker(Imaging, num=max(1, workers - 1))
    server.append_worker(Network, num=1, max_batch_size=BATCH, max_wait_time=1)
    server.run()
