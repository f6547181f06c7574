"""Ray Serve: a proxy in front of replicas."""

import signal
import sys

import ray
from ray import serve
from recognition import LiteRT
from starlette.requests import Request


@serve.deployment
class Recognition:
    def __init__(self) -> None:
        self.recognize = LiteRT()

    async def __call__(self, request: Request):
        return self.recognize(await request.body())


if __name__ == "__main__":
    port, workers = map(int, sys.argv[1:])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ray.init(num_cpus=workers, include_dashboard=False, log_to_driver=False)
    serve.start(
        http_options={"host": "127.0.0.1", "port": port},
        logging_config={"enable_access_log": False, "log_level": "WARNING"},
    )
    serve.run(Recognition.options(num_replicas=workers).bind(), route_prefix="/predict", blocking=True)
