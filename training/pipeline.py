"""A training run, from MNIST to a published version, as one readable page."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from digits.contract import CLASSES, CONTRACT_VERSION
from digits.manifest import Manifest
from digits.store import MODEL_NAME, ModelStore, StoredModel
from training import augmentation, networks
from training.batches import Batches
from training.callbacks import HistoryRows
from training.config import VALIDATION_IMAGES, TrainingConfig
from training.dataset import Mnist
from training.errors import BelowGateError
from training.evaluation import predict
from training.export import check_room, write_saved_model, write_twin
from training.fitting import fit
from training.folding import fold_batch_norm
from training.parity import Parity, compare_engines
from training.report import cost, libraries, table
from training.runs.page import Validation
from training.runs.record import Record
from training.scores import Scores, score

Say: TypeAlias = Callable[[str], None]
Measured: TypeAlias = dict[str, Scores | Parity]


def run(
    config: TrainingConfig,
    mnist: Mnist,
    store: ModelStore | None,
    say: Say,
    *,
    record: Record | None = None,
) -> StoredModel | None:
    """Train and measure; export, compare and publish where there is a store.

    Args:
        config: Decides, with MNIST, what the weights become.
        mnist: Its first training images are held out for validation.
        store: Where the version is published; None to publish nothing.
        say: Gets each line meant for people.
        record: Keeps the run's history and figures.

    Raises:
        TrainingError: Something failed; the store is as it was.
    """
    began_s = time.perf_counter()
    if store is not None:
        check_room(store)
    if record is not None:
        record.begin(libraries=libraries(), data=mnist.sha256)
    network = train(config, mnist, say, record)
    expected = predict(network, mnist.test_images)
    validation = predict_validation(network, mnist)
    measured: Measured = {"validation": validation.scores, "test": score(expected, mnist.test_labels)}
    if record is not None:
        record.measured(name_metrics(measured), weights=count_weights(network), validation=validation)
    if store is None:
        say(f"{figures(measured)}\nNothing is published unless --publish asks for it. Took {cost(began_s)}.")
        return None
    check_gate(config, validation.scores)
    with store.staging() as build:
        write_saved_model(fold_batch_norm(network), build)
        write_twin(build)
        measured |= compare_engines(build, mnist.test_images, expected)
        published = store.publish(build, describe(config, network, mnist, name_metrics(measured)))
    if record is not None:
        record.published(published.version, name_metrics(measured))
    say(f"{figures(measured)}\nPublished {published.directory} after {cost(began_s)}.")
    return published


def train(config: TrainingConfig, mnist: Mnist, say: Say, record: Record | None = None) -> keras.Sequential:
    """A trained network; equal configs give equal weights on one machine."""
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    network = networks.build(config)
    say(f"Training '{network.name}', {count_weights(network):,} weights, for {config.epochs} epochs.")
    fit(
        network,
        config,
        training_batches(config, mnist),
        validation=(mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]),
        test=(mnist.test_images, mnist.test_labels),
        say=say,
        watchers=[] if record is None else [HistoryRows(record.folder.add_epoch)],
    )
    return network


def training_batches(config: TrainingConfig, mnist: Mnist) -> Batches:
    """The training images after the validation images, shuffled and augmented."""
    end = VALIDATION_IMAGES + config.train_images if config.train_images else None
    return Batches(
        mnist.train_images[VALIDATION_IMAGES:end],
        mnist.train_labels[VALIDATION_IMAGES:end],
        size=config.batch_size,
        seed=config.seed,
        augment=augmentation.recipe(config),
    )


def predict_validation(network: keras.Model, mnist: Mnist) -> Validation:
    """What the network says of the validation images, on which alone all choices rest."""
    images, labels = mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]
    return Validation(images, labels, predict(network, images))


def check_gate(config: TrainingConfig, validation: Scores) -> None:
    """Let no network be published that is less accurate than the config demands.

    Raises:
        BelowGateError: It is.
    """
    if validation.accuracy < config.min_accuracy:
        raise BelowGateError(validation.accuracy, config.min_accuracy)


def name_metrics(measured: Measured) -> dict[str, float]:
    """All figures of a run, each under the name by which the manifest has it."""
    return {f"{group}_{name}": value for group, of in measured.items() for name, value in asdict(of).items()}


def figures(measured: Measured) -> str:
    """All figures of a run, for people."""
    lines = table(name_metrics(measured))
    return f"Measured on {VALIDATION_IMAGES:,} validation images and the test images:\n{lines}"


def describe(
    config: TrainingConfig, network: keras.Model, mnist: Mnist, metrics: Mapping[str, float]
) -> Manifest:
    """What the published version will say about itself."""
    return Manifest(
        name=MODEL_NAME,
        version=1,  # the store numbers it
        created=datetime.now(UTC).replace(microsecond=0),
        contract_version=CONTRACT_VERSION,
        network=config.network,
        weights=count_weights(network),
        classes=CLASSES,
        seed=config.seed,
        metrics=dict(metrics),
        training=config.as_json(),
        data=dict(mnist.sha256),
        libraries=libraries(),
        files={},  # the store fills them in
    )


def count_weights(network: keras.Model) -> int:
    """Trainable numbers in the network."""
    return sum(int(np.prod(variable.shape)) for variable in network.trainable_variables)
