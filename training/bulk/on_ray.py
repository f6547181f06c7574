"""Chunks spread over a Ray cluster by Ray Data, which runs them again where a machine is lost."""

import logging
import pickle
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any, TypeAlias

from training.bulk.chunks import Chunk
from training.bulk.reader import Part, Reader
from training.clusters import joined

Row: TypeAlias = dict[str, Any]


def spread(
    chunks: Iterable[tuple[int, Chunk]], reader: Reader, *, address: str, workers: int | None
) -> Iterator[tuple[int, Part]]:
    """Read chunks on a cluster; the answers come as they are ready.

    All chunks go there at once, so they should be places of pictures, not pictures. Each machine opens
    them, and the model, under the same paths.

    Args:
        chunks: With their numbers.
        reader: Is opened by each worker.
        address: Of the cluster, as `ray.init` takes it.
        workers: Processes of one CPU each; None for as many as the cluster has CPUs.

    Raises:
        NotInstalledError: Ray is missing.
        ConnectionError: There is no cluster.
    """
    rows = [{"number": number, "chunk": pickle.dumps(chunk)} for number, chunk in chunks]
    if not rows:
        return
    with joined(address) as ray:
        data = import_module("ray.data")
        limit = min(len(rows), workers or int(ray.cluster_resources()["CPU"]))
        data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        answered = data.from_items(rows, override_num_blocks=len(rows)).map_batches(
            Worker,
            fn_constructor_args=(pickle.dumps(reader),),
            batch_size=1,
            compute=data.ActorPoolStrategy(min_size=1, max_size=limit),
            num_cpus=1,
        )
        for row in answered.iter_rows():
            yield row["number"], pickle.loads(row["part"])  # noqa: S301 - what our own worker wrote


class Worker:
    """One process on the cluster."""

    def __init__(self, reader: bytes) -> None:
        opened: Reader = pickle.loads(reader)  # noqa: S301 - what our own first process wrote
        self._read = opened.open()

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[Any]]:
        """Read the chunks of a batch."""
        chunks = [pickle.loads(chunk) for chunk in batch["chunk"]]  # noqa: S301 - the same
        return {
            "number": list(batch["number"]),
            "part": [pickle.dumps(self._read(chunk)) for chunk in chunks],
        }
