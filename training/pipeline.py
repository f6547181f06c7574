"""A training run, from MNIST to a published version, as one readable page."""

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import keras
import numpy as np
import tensorflow as tf

from digits.contract import CLASSES, CONTRACT_VERSION
from digits.manifest import Manifest
from digits.store import MODEL_NAME, ModelStore, StoredModel
from training import reuse, tensorboard
from training.callbacks import HistoryRows, ShowTest
from training.checkpoint import RunCheckpoint
from training.comparison import Comparison, check_better, compare_networks
from training.config import VALIDATION_IMAGES, TrainingConfig
from training.corrections import Corrections
from training.dataset import Mnist
from training.errors import BelowGateError
from training.evaluation import predict
from training.export import check_room, write_architecture, write_saved_model, write_twin
from training.feeding import render, training_batches
from training.fitting import fit
from training.folding import fold_batch_norm
from training.measurement import (
    Measured,
    calibrate_on_validation,
    measure_pictures,
    name_metrics,
)
from training.mixture import CORRECTED
from training.parity import compare_engines
from training.placement import placed
from training.rendering import Pool, Pools
from training.report import cost, libraries, table
from training.runs.page import Validation
from training.runs.record import Record
from training.scores import Scores, score
from training.warmup import write_warmup

Say: TypeAlias = Callable[[str], None]


def run(  # noqa: PLR0913 - each is one thing that a run is made of
    config: TrainingConfig,
    mnist: Mnist,
    store: ModelStore | None,
    say: Say,
    *,
    cache: Path,
    record: Record | None = None,
    checkpoint: Path | None = None,
    corrections: Corrections | None = None,
) -> StoredModel | None:
    """Train and measure; export, compare and publish where there is a store.

    Args:
        config: Decides, with MNIST, what the weights become.
        mnist: Its first training images are held out for validation.
        store: Where the version is published; None to publish nothing.
        say: Gets each line meant for people.
        cache: Folder that keeps rendered pictures.
        record: Keeps the run's history and figures.
        checkpoint: File that keeps the run's state after each epoch; if it exists, the run goes on from it.
            None for one in the record's folder.
        corrections: To train on too; the result must be better than what it started from.

    Raises:
        TrainingError: Something failed; the store is as it was.
    """
    began_s = time.perf_counter()
    if store is not None:
        check_room(store)
    if record is not None:
        record.begin(libraries=libraries(), data=mnist.sha256)
        checkpoint = checkpoint or record.folder.state
    pictures = render(config, mnist, cache, say)
    corrected = {CORRECTED: Pool(*corrections.training)} if corrections else {}
    pools = pictures.training | corrected
    network = train(config, mnist, pools, say, record=record, checkpoint=checkpoint)
    served = fold_batch_norm(network)
    calibrate_on_validation(served, mnist, pictures.validation)
    expected = predict(served, mnist.test_images)
    validation = predict_validation(served, mnist)
    measured: Measured = {"validation": validation.scores, "test": score(expected, mnist.test_labels)}
    measured |= measure_pictures(served, pictures.validation)
    compared = compare_with_source(config, validation, corrections, served) if corrections else None
    if compared is not None:
        measured["corrections"] = compared
    if record is not None:
        record.measured(name_metrics(measured), weights=count_weights(network), validation=validation)
    if store is None:
        say(f"{figures(measured)}\nNothing is published unless --publish asks for it. Took {cost(began_s)}.")
        return None
    check_gate(config, validation.scores)
    if compared is not None:
        check_better(compared)
    with store.staging() as build:
        write_saved_model(served, build)
        write_twin(build)
        write_architecture(served, build)
        write_warmup(build)
        measured |= compare_engines(build, mnist.test_images, expected)
        published = store.publish(build, describe(config, network, mnist, name_metrics(measured)))
    if record is not None:
        record.published(published.version, name_metrics(measured))
    say(f"{figures(measured)}\nPublished {published.directory} after {cost(began_s)}.")
    return published


def train(
    config: TrainingConfig,
    mnist: Mnist,
    pictures: Pools,
    say: Say,
    *,
    record: Record | None = None,
    checkpoint: Path | None = None,
    also: Sequence[keras.callbacks.Callback] = (),
) -> keras.Sequential:
    """A network trained on MNIST and rendered pictures.

    Equal configs give equal weights on one machine, in one go or in several.
    """
    keras.utils.set_random_seed(config.seed)
    tf.config.experimental.enable_op_determinism()
    with placed(config, warn=say) as devices:
        network = reuse.begin(config)
        weights = f"{count_weights(network):,} weights"
        say(f"Training '{network.name}', {weights}, for {config.epochs} epochs on {devices}.")
        fit(
            network,
            config,
            training_batches(config, mnist, pictures),
            validation=(mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]),
            checkpoint=RunCheckpoint(checkpoint, config, mnist.sha256) if checkpoint else None,
            say=say,
            watchers=[*watchers(config, network, mnist, record), *also],
        )
    return network


def watchers(
    config: TrainingConfig, network: keras.Model, mnist: Mnist, record: Record | None
) -> list[keras.callbacks.Callback]:
    """What looks at each epoch's figures, in this order."""
    found: list[keras.callbacks.Callback] = []
    if config.show_test:
        found.append(ShowTest(lambda: score(predict(network, mnist.test_images), mnist.test_labels).accuracy))
    if record is not None:
        found.append(HistoryRows(record.folder.add_epoch))
    if record is not None and record.tensorboard:
        sample = slice(VALIDATION_IMAGES, VALIDATION_IMAGES + 200)
        found += tensorboard.watchers(
            record.folder.path / "tensorboard", mnist.train_images[sample], mnist.train_labels[sample]
        )
    return found


def predict_validation(network: keras.Model, mnist: Mnist) -> Validation:
    """What the network says of the validation images, on which alone all choices rest."""
    images, labels = mnist.train_images[:VALIDATION_IMAGES], mnist.train_labels[:VALIDATION_IMAGES]
    return Validation(images, labels, predict(network, images))


def compare_with_source(
    config: TrainingConfig, validation: Validation, corrections: Corrections, served: keras.Sequential
) -> Comparison:
    """How the tuned network does beside the one it was tuned from."""
    return compare_networks(
        reuse.open_source(Path(config.start_from)),
        served,
        validation=(validation.images, validation.labels),
        held_out=corrections.held_out,
    )


def check_gate(config: TrainingConfig, validation: Scores) -> None:
    """Let no network be published that is less accurate than the config demands.

    Raises:
        BelowGateError: It is.
    """
    if validation.accuracy < config.min_accuracy:
        raise BelowGateError(validation.accuracy, config.min_accuracy)


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
