"""`digits-predict --ray` on clusters of this machine; `make ray-test` runs it, as it takes a minute."""

import threading
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from ray.cluster_utils import Cluster

from digits.store import ModelStore
from training.bulk.forms import FORMS
from training.bulk.on_ray import spread as spread_on_ray
from training.bulk.reader import Reader
from training.bulk.run import run
from training.bulk.sources import open_source
from training.clusters import LOCAL

pytestmark = pytest.mark.slow

STORE = Path(__file__).parents[2] / "model_store"
PICTURES = 120


class Watch:
    """Counts parts, and does something after some of them."""

    def __init__(self, after=None, do=None):
        self.parts = 0
        self._after, self._do = after, do

    def add(self, _part):
        self.parts += 1
        if self.parts == self._after:
            self._do()

    def end(self): ...


def here(chunks, reader):
    read = reader.open()
    return ((number, read(chunk)) for number, chunk in chunks)


@pytest.fixture(scope="module")
def folder(mnist_test, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    for row in range(PICTURES):
        digit = Image.fromarray(255 - mnist_test[0][row])
        digit.resize((280, 280), Image.Resampling.BICUBIC).save(folder / f"{row:03}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def go(folder, output, spread, watch=None):
    reader = Reader(ModelStore(STORE.resolve()).open(), FORMS[output.suffix]())
    summary = run(
        open_source([folder]), reader, output, chunk_size=5, spread=spread, progress=watch or Watch()
    )
    assert summary.codes == {"unreadable-image": 1}
    return output.read_bytes()


@pytest.fixture(scope="module")
def expected(folder, tmp_path_factory):
    return go(folder, tmp_path_factory.mktemp("expected") / "answers.csv", here)


def test_answers_on_ray_are_those_of_one_process(folder, expected, tmp_path):
    on_ray = partial(spread_on_ray, address=LOCAL, workers=2)

    assert go(folder, tmp_path / "answers.csv", on_ray) == expected


def test_a_machine_that_is_lost_costs_no_answer(folder, expected, tmp_path):
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1})
    other = cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    killed = []

    def kill():
        killed.append(threading.Thread(target=cluster.remove_node, args=(other, False)))
        killed[0].start()

    try:
        on_ray = partial(spread_on_ray, address=cluster.address, workers=2)
        found = go(folder, tmp_path / "answers.csv", on_ray, Watch(after=3, do=kill))
        killed[0].join()
        assert len(cluster.list_all_nodes()) == 1
    finally:
        cluster.shutdown()

    assert found == expected
    assert np.unique(found.splitlines()[1:]).size == PICTURES + 1
