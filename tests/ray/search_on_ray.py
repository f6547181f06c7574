"""`digits-search --ray` on clusters of this machine; `make ray-test` runs it, as it takes two minutes."""

import re
import threading
from dataclasses import replace
from functools import partial

import pytest
from ray.cluster_utils import Cluster
from stand_in_mnist import load_stand_in

from training.commands.search import main
from training.recipes import RECIPES
from training.search.objective import PROCESS
from training.search.on_ray import work_on_ray
from training.search.study import count_done, open_study
from training.search.workers import load_material

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BASE = replace(RECIPES["one-hidden"].config, epochs=1, train_images=256)
FLAGS = ["--recipe", "one-hidden", "--epochs", "1", "--train-images", "256"]


@pytest.fixture
def cluster():
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
    yield cluster
    cluster.shutdown()


def test_machines_of_a_cluster_share_one_study(cluster, tmp_path, capsys):
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    cluster.wait_for_nodes()
    places = ["--into", str(tmp_path), "--cache", str(tmp_path / "cache")]

    assert main([*FLAGS, *places, "--trials", "8", "--ray", cluster.address], load=load_stand_in) == 0

    trials = open_study(tmp_path / "study.db", BASE, seed=1).trials
    assert len({trial.user_attrs[PROCESS] for trial in trials}) == 2
    assert 8 <= len(trials) <= 9, "the second may have begun one when the first ended the last"
    said = capsys.readouterr().out
    assert len(re.findall(r"^\d of 8 done", said, re.MULTILINE)) == len(trials)
    assert "Report: " in said


def test_a_lost_machine_costs_no_more_than_the_trial_it_was_at(cluster, tmp_path):
    nodes = [cluster.add_node(num_cpus=1) for _ in range(2)]
    cluster.wait_for_nodes()
    said, killed = [], []

    def say(line):
        said.append(line)
        if len(said) == 2:
            killed.append(threading.Thread(target=cluster.remove_node, args=(nodes[0], False)))
            killed[0].start()

    work_on_ray(
        tmp_path / "study.db",
        BASE,
        12,
        material=load_material(BASE, partial(load_stand_in, None, None), tmp_path),
        seed=1,
        address=cluster.address,
        jobs=2,
        say=say,
    )
    killed[0].join()

    assert len(cluster.list_all_nodes()) == 2, "the head, and one that works"
    assert count_done(open_study(tmp_path / "study.db", BASE, seed=1)) >= 12
    assert len(said) >= 12
