"""A published version by its folder, as a path on the command line names it."""

from pathlib import Path

from digits.store import ModelStore, StoredModel
from training.errors import NoVersionError


def find_version(folder: Path) -> StoredModel:
    """The version in a folder such as `model_store/digits/1`.

    Raises:
        NoVersionError: It is no version's folder.
        ModelError: There is no such version, or it is broken.
    """
    if not folder.name.isdecimal():
        raise NoVersionError(folder)
    store, name = folder.absolute().parents[1], folder.absolute().parent.name
    return ModelStore(store).open(int(folder.name), name)
