"""The best weights are kept, and a run that gets no better ends."""

import keras
import numpy as np
import pytest

from training.config import TrainingConfig
from training.winner import KeepBest, loss_meter


class Losses:
    """A network whose only weight counts the looks at it, and the losses that the looks find."""

    def __init__(self, losses):
        self.model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
        self._losses, self.looks = losses, 0

    def __call__(self):
        self.looks += 1
        self.model.set_weights([np.full((1, 1), self.looks, np.float32)])
        return self._losses[self.looks - 1]

    @property
    def weight(self):
        return float(self.model.get_weights()[0][0, 0])


def run(losses, *, epochs=1, steps=100, **options):
    """Drive the callback as Keras does, until it stops or the epochs end."""
    found = Losses(losses)
    best = KeepBest(TrainingConfig(**options), found)
    best.set_model(found.model)
    found.model.stop_training = False
    for epoch in range(epochs):
        for step in range(steps):
            best.on_train_batch_end(step)
            if found.model.stop_training:
                break
        best.on_epoch_end(epoch, {} if options.get("validate_steps") else {"val_loss": found()})
        if found.model.stop_training:
            break
    return found, best


def test_looks_every_so_many_steps_across_epochs():
    found, best = run([5, 4, 3, 2, 1], epochs=2, steps=130, validate_steps=50)

    assert found.looks == 5
    assert best.standing.steps == 260


def test_stops_after_so_many_looks_without_progress_and_restores_the_winner():
    found, best = run([5, 3, 4, 3.5, 3.2, 1], validate_steps=10, patience=3)

    best.standing.restore(found.model)

    assert found.looks == 5
    assert best.standing.stopped
    assert best.standing.steps == 50
    assert (best.standing.loss, found.weight) == (3, 2)


def test_looks_once_an_epoch_without_steps():
    found, best = run([5, 3, 4, 4, 1], epochs=9, patience=2)

    best.standing.restore(found.model)

    assert found.looks == 4
    assert (best.standing.loss, found.weight) == (3, 2)


def test_never_stops_without_patience_but_keeps_the_winner():
    found, best = run([5, 1, *[2] * 8], epochs=10, keep_best=True)

    best.standing.restore(found.model)

    assert found.looks == 10
    assert found.weight == 2


def test_a_fall_no_larger_than_min_delta_is_no_progress():
    found, best = run([5, 4.95, 4.92, 4.9, 1], epochs=9, patience=3, min_delta=0.1)

    best.standing.restore(found.model)

    assert found.looks == 4
    assert found.weight == 1


def test_a_loss_that_is_no_number_is_no_progress():
    found, best = run([float("nan"), 5, float("nan"), float("nan")], epochs=4, patience=2)

    best.standing.restore(found.model)

    assert found.weight == 2


def test_leaves_the_network_alone_before_any_look():
    found, best = run([], steps=5, validate_steps=10)
    before = found.weight

    best.standing.restore(found.model)

    assert found.weight == before


def separable():
    random = np.random.default_rng(1)
    inputs = random.normal(0, 1, (120, 4)).astype(np.float32)
    return inputs, (inputs.sum(axis=1) + random.normal(0, 2, 120) > 0).astype(np.uint8)


def fit(callback):
    """A network large enough for its data that its validation loss soon rises."""
    keras.utils.set_random_seed(1)
    network = keras.Sequential([keras.Input((4,)), keras.layers.Dense(50, "relu"), keras.layers.Dense(2)])
    network.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    inputs, labels = separable()
    history = network.fit(
        inputs[:60],
        labels[:60],
        shuffle=False,
        epochs=100,
        validation_data=(inputs[60:], labels[60:]),
        callbacks=[callback],
        verbose=0,
    )
    return network, len(history.epoch)


def test_does_what_keras_does_once_an_epoch():
    best = KeepBest(TrainingConfig(patience=4, min_delta=0.001), lambda: 0.0)
    keras_own = keras.callbacks.EarlyStopping(patience=4, min_delta=0.001, restore_best_weights=True)

    network, epochs = fit(best)
    best.standing.restore(network)
    expected, expected_epochs = fit(keras_own)

    assert epochs == expected_epochs < 100
    assert all(map(np.array_equal, network.get_weights(), expected.get_weights()))


def test_measures_the_mean_cross_entropy_of_the_moment():
    network = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    inputs = np.random.default_rng(1).normal(0, 1, (1200, 3)).astype(np.float32)
    labels = np.arange(1200).astype(np.uint8) % 4
    measure = loss_meter(network, inputs, labels)

    for _ in range(2):
        expected = keras.losses.sparse_categorical_crossentropy(labels, network(inputs), from_logits=True)
        assert measure() == pytest.approx(float(np.mean(expected)), rel=1e-5)
        network.set_weights([2 * values for values in network.get_weights()])
