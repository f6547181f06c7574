"""A network that begins with the lower layers of another: of a published version, or of a checkpoint."""

from pathlib import Path

import keras
import tensorflow as tf

from digits.contract import CLASSES
from training import networks
from training.checkpoint import assign, open_network
from training.config import TrainingConfig
from training.errors import ReuseError
from training.export import ARCHITECTURE_PATH
from training.folding import fold_batch_norm
from training.stages import blocks
from training.versions import find_version


def begin(config: TrainingConfig) -> keras.Sequential:
    """The network that the config names, with fresh weights but for the layers that it reuses.

    Raises:
        ReuseError: They do not fit.
        ModelError, CheckpointError: What it should start from is missing or broken.
    """
    if config.corrections_share:
        return _whole(config)
    fresh = networks.build(config)
    if not config.start_from:
        return fresh
    return graft(open_source(Path(config.start_from)), fresh, config.keep_layers)


def _whole(config: TrainingConfig) -> keras.Sequential:
    """The network to tune on, all of it."""
    network = open_source(Path(config.start_from))
    if config.scores_digits and network.output_shape[-1] == len(CLASSES):
        raise ReuseError(
            f"{config.start_from} does not tell digits from all else, so that rendered pictures cannot be "
            "trained on: give --rendered-share 0"
        )
    return network


def graft(source: keras.Sequential, fresh: keras.Sequential, keep: int) -> keras.Sequential:
    """The first layers of one network and the last ones of another.

    Args:
        source: Gives the first layers, with their weights; it is left unchanged.
        fresh: Gives the others, with weights drawn anew.
        keep: How many layers with weights come from `source`; 0 is all but the last.

    Raises:
        ReuseError: One of them has too few.
    """
    theirs, ours = blocks(source), blocks(fresh)
    keep = keep or min(len(theirs), len(ours)) - 1
    if not 0 < keep <= len(theirs) or keep >= len(ours):
        raise ReuseError(
            f"keep_layers is {keep}; it must be from 1 to {min(len(theirs), len(ours) - 1)}: there are "
            f"{len(theirs)} layers to take, and of {len(ours)} the last must be new"
        )
    kept = [layer for block in theirs[:keep] for layer in block]
    policy = fresh.dtype_policy.name
    copies = [
        type(layer).from_config({**layer.get_config(), "name": f"kept_{layer.name}", "dtype": policy})
        for layer in kept
    ]
    new = [type(layer).from_config(layer.get_config()) for block in ours[keep:] for layer in block]
    network = keras.Sequential(
        [keras.Input(batch_shape=fresh.input_shape, dtype="uint8"), *copies, *new], name=fresh.name
    )
    for copy, layer in zip(copies, kept, strict=True):
        copy.set_weights(layer.get_weights())
    return network


def open_source(path: Path) -> keras.Sequential:
    """The network of a published version, if the path is a folder, else of a checkpoint."""
    return open_version(path) if path.is_dir() else open_network(path)


def open_version(folder: Path) -> keras.Sequential:
    """The network that a version serves, batch norm folded in, without the softmax.

    Raises:
        ModelError, NoVersionError: There is no such version, or it is broken.
        ReuseError: Its layers are not known.
    """
    manifest = find_version(folder).manifest
    if manifest is None:
        raise ReuseError(f"{folder} was not published by Digits, so that its layers are not known")
    try:
        if (folder / ARCHITECTURE_PATH).is_file():
            network = networks.rebuild((folder / ARCHITECTURE_PATH).read_text())
        else:  # version 1 was published before architectures were
            network = fold_batch_norm(networks.build(TrainingConfig.from_json(manifest.training)))
        weights = tf.saved_model.load(str(folder)).weights
        assign(network.variables, [weight.numpy() for weight in weights])
    except (AttributeError, TypeError, ValueError) as error:
        raise ReuseError(f"{folder} holds another network than it says ({error})") from error
    return network
