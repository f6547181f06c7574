"""A folder to build a version in: on the store's disk, unseen by readers, and gone afterwards.

A killed process leaves its folder. The next one sweeps it: whoever builds holds a lock on the folder,
which the system lets go of when the process ends, however it ends.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

_PREFIX: Final = ".staging-"


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """An empty folder inside the given one, which is made if it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        with _held(folder):  # or another process might sweep ours before we hold it
            _sweep(folder)
            temporary = tempfile.TemporaryDirectory(prefix=_PREFIX, dir=folder, ignore_cleanup_errors=True)
            staged = Path(stack.enter_context(temporary))
            stack.enter_context(_held(staged))
        build = staged / "model"
        build.mkdir()
        yield build


def _sweep(folder: Path) -> None:
    """Remove what killed processes left."""
    for left in folder.glob(f"{_PREFIX}*"):
        with suppress(OSError), _held(left, wait=False):
            shutil.rmtree(left, ignore_errors=True)


if sys.platform == "win32":

    @contextmanager
    def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
        """No folder can be locked here: nothing is swept."""
        if not wait:
            raise BlockingIOError(folder)
        yield

else:
    import fcntl

    @contextmanager
    def _held(folder: Path, *, wait: bool = True) -> Iterator[None]:
        """Hold the folder's lock.

        Raises:
            BlockingIOError: Another process holds it, and we do not wait.
            OSError: The file system has no locks, and we do not wait.
        """
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            if wait:
                with suppress(OSError):  # a file system without locks: build all the same
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            else:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        finally:
            os.close(descriptor)
