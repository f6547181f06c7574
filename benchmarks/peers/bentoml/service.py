"""BentoML: a service with several workers, the picture as the body."""

import os
from pathlib import Path
from typing import Annotated, Any

import bentoml
from bentoml.validators import ContentType
from recognition import LiteRT


@bentoml.service(workers=int(os.environ["BENCH_WORKERS"]), logging={"access": {"enabled": False}})
class Recognition:
    def __init__(self) -> None:
        self.recognize = LiteRT()

    @bentoml.api
    def predict(self, picture: Annotated[Path, ContentType("image/*")], /) -> dict[str, Any]:
        return self.recognize(picture.read_bytes())
