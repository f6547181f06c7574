"""Starts `bentoml serve` as its documentation does."""

import os
import sys
from pathlib import Path

port, workers = sys.argv[1:]
bentoml = Path(sys.executable).with_name("bentoml")
os.environ["BENCH_WORKERS"] = workers
os.environ["BENTOML_DO_NOT_TRACK"] = "True"
os.execv(  # noqa: S606 - a program of this environment
    bentoml, [bentoml, "serve", "service:Recognition", "--host", "127.0.0.1", "--port", port]
)
