"""What serves under a name and a version."""

from typing import Final

from digits.store import MODEL_NAME
from service.errors import UnknownServableError, VersionNotServedError
from service.inference.lineup import Lineup
from service.inference.recognizer import Recognizer

_VERSION_DIGITS: Final = 18
"""More than any version has."""


def find(lineup: Lineup, name: str, version: int | None) -> Recognizer:
    """What serves under a name.

    Args:
        lineup: What serves at all.
        name: Of the model.
        version: None for the one that answers unasked.

    Raises:
        NotReadyError: None serves yet.
        UnknownServableError: It is none that serves.
    """
    if name != MODEL_NAME:
        raise UnknownServableError(name, version)
    try:
        return lineup.find(version)
    except VersionNotServedError:
        raise UnknownServableError(name, version) from None


def find_by_text(lineup: Lineup, name: str, version: str) -> Recognizer:
    """The same where a version is any text, as to the Open Inference Protocol: what is no number serves not.

    Raises:
        NotReadyError: None serves yet.
        UnknownServableError: It is none that serves.
    """
    if version.isascii() and version.isdecimal() and len(version) <= _VERSION_DIGITS:
        return find(lineup, name, int(version))
    raise UnknownServableError(name, version[:_VERSION_DIGITS])
