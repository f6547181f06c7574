"""Frozen layers stay as they are, and thaw one after the other."""

import pytest

from training.config import TrainingConfig
from training.networks import build
from training.stages import blocks, freeze, stages


def planned(**options):
    return [(s.begin, s.end, s.frozen) for s in stages(TrainingConfig(start_from="x", **options))]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"epochs": 5}, [(0, 5, 0)], id="nothing-frozen"),
        pytest.param({"epochs": 5, "freeze_layers": 2}, [(0, 5, 2)], id="frozen-to-the-end"),
        pytest.param(
            {"epochs": 9, "freeze_layers": 2, "unfreeze_epochs": 3},
            [(0, 3, 2), (3, 6, 1), (6, 9, 0)],
            id="all-thaw",
        ),
        pytest.param(
            {"epochs": 4, "freeze_layers": 3, "unfreeze_epochs": 3}, [(0, 3, 3), (3, 4, 2)], id="ends-before"
        ),
        pytest.param(
            {"epochs": 3, "freeze_layers": 1, "unfreeze_epochs": 3}, [(0, 3, 1)], id="ends-as-it-would-thaw"
        ),
        pytest.param({"epochs": 5, "unfreeze_epochs": 2}, [(0, 5, 0)], id="nothing-to-thaw"),
    ],
)
def test_each_stage_thaws_one_layer_more(options, expected):
    assert planned(**options) == expected


def test_a_layer_brings_what_belongs_to_it():
    network = build(TrainingConfig(network="dense", hidden=(7, 5), batch_norm=True, dropout=0.1))

    kinds = [[type(layer).__name__ for layer in block] for block in blocks(network)]

    hidden = ["Dense", "BatchNormalization", "Activation", "Dropout"]
    assert kinds == [["Rescaling", "Flatten", *hidden], hidden, ["Dense"]]


def test_freezes_the_first_layers_with_their_batch_norm_and_thaws_them_again():
    network = build(TrainingConfig(network="dense", hidden=(7, 5), batch_norm=True))

    freeze(network, 2)
    assert [variable.shape for variable in network.trainable_variables] == [(5, 10), (10,)]

    freeze(network, 0)
    assert len(network.trainable_variables) == 2 + 3 + 3
