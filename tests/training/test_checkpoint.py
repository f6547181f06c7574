"""A broken run goes on where it was, and a broken file is refused."""

import dataclasses
import json
import resource
import shutil

import keras
import numpy as np
import pytest

from training import networks, pipeline
from training.checkpoint import open_network
from training.config import TrainingConfig
from training.errors import CheckpointError, NoRoomError
from training.evaluation import predict
from training.state import State, load, save
from training.winner import Standing

SMALL = TrainingConfig(
    network="dense", hidden=(20,), batch_norm=True, epochs=4, train_images=320, dropout=0.2, max_stroke=0.5
)
AVERAGED = dataclasses.replace(SMALL, weight_averaging=0.8)
STOPPED = dataclasses.replace(
    SMALL, epochs=9, schedule="constant", peak_learning_rate=0.2, validate_steps=2, patience=4
)


def train(config, mnist, file=None, *, break_after=None):
    """The weights that a run ends with and what it said; None if it was broken."""
    said = []

    def say(line):
        said.append(line)
        if break_after and line.startswith(f"epoch {break_after}"):
            raise KeyboardInterrupt

    try:
        return pipeline.train(config, mnist, {}, say, checkpoint=file).get_weights(), said
    except KeyboardInterrupt:
        return None, said


def equal(first, second):
    return len(first) == len(second) and all(map(np.array_equal, first, second))


@pytest.fixture(scope="module", params=[AVERAGED, STOPPED], ids=["averaged", "stopped-early"])
def runs(request, stand_in, tmp_path_factory):
    """An unbroken run, and one that is broken twice; the weights and words of each, and its file."""
    folder = tmp_path_factory.mktemp("runs")
    unbroken = train(request.param, stand_in, folder / "unbroken.npz")
    keras.utils.set_random_seed(99)
    parts = [train(request.param, stand_in, folder / "broken.npz", break_after=n) for n in (1, 2, None)]
    return request.param, folder, unbroken, parts


def test_a_broken_run_ends_with_the_weights_of_an_unbroken_one(runs, stand_in):
    config, _, (weights, _), parts = runs

    assert [part[0] is None for part in parts] == [True, True, False]
    assert equal(parts[-1][0], weights)
    assert equal(train(config, stand_in)[0], weights), "nor does it matter whether a file is kept"


def test_says_where_it_goes_on(runs):
    _, folder, _, parts = runs

    assert f"Going on from {folder}/broken.npz, after epoch 2." in parts[-1][1]
    assert [line.split("/")[0] for line in parts[1][1] if line.startswith("epoch")] == ["epoch 2"]


def test_a_finished_run_is_not_trained_again(runs, stand_in):
    config, folder, (weights, _), _ = runs

    again, said = train(dataclasses.replace(config, min_accuracy=0.5), stand_in, folder / "unbroken.npz")

    assert equal(again, weights)
    assert f"Going on from {folder}/unbroken.npz, at its end." in said
    assert not any(line.startswith("epoch") for line in said)


def test_a_checkpoint_is_a_network_that_predicts(runs, stand_in):
    config, folder, (weights, _), _ = runs

    network = open_network(folder / "unbroken.npz")

    trained = networks.build(config)
    trained.set_weights(weights)
    images = stand_in.test_images[:50]
    assert np.array_equal(predict(network, images), predict(trained, images))


@pytest.fixture(scope="module")
def file(stand_in, tmp_path_factory):
    """The file of a run that was broken after its first epoch."""
    path = tmp_path_factory.mktemp("checkpoint") / "new" / "run.npz"
    assert train(SMALL, stand_in, path, break_after=1)[0] is None
    return path


@pytest.fixture
def copied(file, tmp_path):
    return shutil.copy(file, tmp_path / "run.npz")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        pytest.param({"epochs": 5}, "with epochs 4 instead of 5. ", id="epochs"),
        pytest.param(
            {"seed": 2, "hidden": (9,)}, "hidden [20] instead of [9], seed 1 instead of 2", id="two"
        ),
    ],
)
def test_refuses_the_file_of_another_config(file, stand_in, change, complaint):
    with pytest.raises(CheckpointError) as refused:
        train(dataclasses.replace(SMALL, **change), stand_in, file)

    assert complaint in str(refused.value)


def test_refuses_the_file_of_another_dataset(file, stand_in):
    other = dataclasses.replace(stand_in, sha256={**stand_in.sha256, "t10k-labels-idx1-ubyte": "0" * 64})

    with pytest.raises(CheckpointError, match="its run was trained on another dataset"):
        train(SMALL, other, file)


def flip(content):
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda _: b"<html>no</html>", id="something-else"),
        pytest.param(lambda content: content[: len(content) // 2], id="cut"),
        pytest.param(flip, id="one-byte-flipped"),
    ],
)
def test_refuses_a_broken_file(copied, stand_in, spoil):
    copied.write_bytes(spoil(copied.read_bytes()))

    with pytest.raises(CheckpointError, match=r"run\.npz: it cannot be read .*begin anew"):
        train(SMALL, stand_in, copied)


def test_refuses_a_missing_file(tmp_path):
    with pytest.raises(CheckpointError, match="No such file"):
        open_network(tmp_path / "run.npz")


@pytest.mark.parametrize(
    "members",
    [
        pytest.param({"state": np.array("{}")}, id="empty-state"),
        pytest.param({"state": np.array("[]")}, id="no-object"),
        pytest.param({"state": np.array("{")}, id="no-json"),
        pytest.param({"other": np.zeros(3)}, id="no-state"),
        pytest.param({"state": np.zeros(3)}, id="no-text"),
        pytest.param({"state": np.array({}, object)}, id="a-pickle"),
    ],
)
def test_refuses_an_archive_of_something_else(tmp_path, members):
    np.savez(tmp_path / "run.npz", **members)

    with pytest.raises(CheckpointError, match="it cannot be read"):
        load(tmp_path / "run.npz")


def state(**changes):
    return State(config=SMALL, data={}, architecture="{}", variables=[], **changes)


def test_refuses_a_config_of_another_version_of_digits(tmp_path):
    save(tmp_path / "run.npz", state())
    with np.load(tmp_path / "run.npz") as found:
        members = json.loads(found["state"].item())
    members["config"]["momentum"] = 0.9
    np.savez(tmp_path / "run.npz", state=np.array(json.dumps(members)))

    with pytest.raises(CheckpointError, match="momentum"):
        load(tmp_path / "run.npz")


@pytest.mark.parametrize(
    "architecture",
    [
        pytest.param("{}", id="none"),
        pytest.param('{"class_name": "Lambda", "config": {}}', id="code"),
    ],
)
def test_refuses_an_architecture_that_is_none(tmp_path, architecture):
    save(tmp_path / "run.npz", dataclasses.replace(state(), architecture=architecture))

    with pytest.raises(CheckpointError, match="its network cannot be built"):
        open_network(tmp_path / "run.npz")


def test_refuses_weights_that_do_not_fit_the_architecture(copied):
    found = load(copied)
    save(copied, dataclasses.replace(found, variables=found.variables[:-1]))

    with pytest.raises(CheckpointError, match="its network cannot be built"):
        open_network(copied)


def test_keeps_all_of_a_state(tmp_path):
    standing = Standing(0.25, [np.arange(3.0), np.eye(2)], 4, 50, stopped=True)
    kept = state(standing=standing, optimizer=[np.uint8(7)], epochs_done=3, finished=True)

    save(tmp_path / "run.npz", kept)
    found = load(tmp_path / "run.npz")

    assert found.config == SMALL
    assert (found.epochs_done, found.finished) == (3, True)
    assert (found.standing.loss, found.standing.looks_since, found.standing.steps) == (0.25, 4, 50)
    assert found.standing.stopped
    assert equal(found.standing.weights, standing.weights)
    assert equal(found.optimizer, kept.optimizer)


def test_a_full_disk_leaves_the_file_as_it_was(copied):
    before = copied.read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(NoRoomError, match=r"File too large.*--checkpoint"):
            save(copied, load(copied))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert copied.read_bytes() == before
    assert [path.name for path in copied.parent.iterdir()] == ["run.npz"]


def test_a_place_that_cannot_be_written_ends_the_run_before_it_trains(stand_in, tmp_path):
    (tmp_path / "file").touch()
    said = []

    with pytest.raises(NoRoomError, match="--checkpoint"):
        pipeline.train(SMALL, stand_in, {}, said.append, checkpoint=tmp_path / "file" / "run.npz")

    assert not any(line.startswith("epoch") for line in said)
