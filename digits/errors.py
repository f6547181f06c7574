"""Every error that Digits raises on purpose, one class a failure.

    DigitsError
    ├── ImageError                  the picture is at fault
    │   ├── UnreadableImageError    unreadable-image    not a picture, or a broken one
    │   ├── ImageTooLargeError      image-too-large     more pixels than we decode
    │   ├── BlankImageError         blank-image         nothing is drawn on it
    │   └── TooManySymbolsError     too-many-symbols    more is drawn on it than we look at
    └── ModelError                  the model is at fault
        ├── ModelNotFoundError      model-not-found     the store has no such version
        ├── ModelCorruptError       model-corrupt       files are missing or were changed
        └── ContractMismatchError   contract-mismatch   made for another image contract

Each class has a stable `code`. None knows HTTP: `service.problems` maps classes to statuses.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar


def to_install(extra: str) -> str:
    """How to install an extra: from a folder, as Digits is in no registry; without what development needs."""
    return (
        f"pip install 'FOLDER[{extra}]', where FOLDER is that of Digits, "
        f"or in a clone: uv sync --no-dev --inexact --extra {extra} (with .venv/bin/uv if there is no uv)"
    )


class DigitsError(Exception):
    """Base of all errors here; the message says what was wrong, what is allowed, what to do."""

    code: ClassVar[str] = "digits-error"
    """Stable name of the failure; clients may branch on it."""

    title: ClassVar[str] = "Digits failed."
    """One sentence, the same for every occurrence."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the message, not what it was made of: an error must reach another process whole."""
        return self.__class__.__new__, (self.__class__, *self.args), vars(self)


class ImageError(DigitsError):
    """The picture is at fault; another picture may work."""


class UnreadableImageError(ImageError):
    """The bytes are not a picture in a supported format, or the picture is broken."""

    code = "unreadable-image"
    title = "The upload is not a readable image."

    def __init__(self, reason: str, formats: Sequence[str]) -> None:
        super().__init__(f"{reason} Send a whole picture in one of {', '.join(formats)}.")


class ImageTooLargeError(ImageError):
    """The picture has more pixels than we are willing to decode."""

    code = "image-too-large"
    title = "The image has too many pixels."

    def __init__(self, size: str, limit_px: int) -> None:
        super().__init__(
            f"The image has {size}; the limit is {limit_px:,} pixels. "
            "Send it smaller; a digit needs no more than 1,000 x 1,000."
        )


class BlankImageError(ImageError):
    """Nothing stands out from the paper."""

    code = "blank-image"
    title = "Nothing is drawn on the image."

    def __init__(self) -> None:
        super().__init__(
            "Nothing on the image stands out from its background. "
            "Send one digit, darker or lighter than its paper."
        )


class TooManySymbolsError(ImageError):
    """More things stand out on the picture than we look at one by one."""

    code = "too-many-symbols"
    title = "Too much is written on the image."

    def __init__(self, found: int, limit: int) -> None:
        super().__init__(
            f"{found:,} things stand out on the image; the limit is {limit}. "
            "Cut out the part with the digits, or send a picture without texture around them."
        )


class ModelError(DigitsError):
    """The model is at fault; the operator must act."""


class ModelNotFoundError(ModelError):
    """The store has no model of that name, or not that version."""

    code = "model-not-found"
    title = "The model store has no such model."

    def __init__(self, store: Path, name: str, version: int | str, available: Iterable[int]) -> None:
        versions = ", ".join(map(str, available)) or "none"
        super().__init__(
            f"{store} has no version {version} of model '{name}'; it has: {versions}. "
            "Point to another store or version, or train one with `make train`."
        )


class ModelCorruptError(ModelError):
    """A file of the version is missing, or differs from what its manifest says."""

    code = "model-corrupt"
    title = "The stored model is incomplete or was changed."

    def __init__(self, directory: Path, reason: str) -> None:
        super().__init__(f"{directory}: {reason} Publish the version again, or serve another.")


class ContractMismatchError(ModelError):
    """The model was made for another image contract than this code's."""

    code = "contract-mismatch"
    title = "The model speaks another image contract."

    def __init__(self, directory: Path, found: str, expected: str) -> None:
        super().__init__(
            f"{directory} has {found}; this version of Digits needs {expected}. "
            "Train a new version, or serve it with the Digits that made it."
        )
