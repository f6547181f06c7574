"""TensorFlow without the chatter of its import."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_LOG_LEVEL: Final = "TF_CPP_MIN_LOG_LEVEL"
_ANNOUNCEMENTS: Final = (
    "oneDNN custom operations are on",
    "before absl::InitializeLog()",
    "XNNPACK delegate for CPU",
)


@contextmanager
def quiet_tensorflow() -> Iterator[None]:
    """Import TensorFlow without its chatter: only its errors, unless TF_CPP_MIN_LOG_LEVEL asks for more.

    Two of its libraries announce oneDNN while they are loaded, before either has read that variable;
    no other variable stops them but the one that turns oneDNN off. So the process's stderr goes
    into a file meanwhile, and all but the announcements is passed on.
    """
    if _LOG_LEVEL in os.environ:
        yield
        return
    os.environ[_LOG_LEVEL] = "2"
    stderr = os.dup(2)
    with tempfile.TemporaryFile("w+", errors="replace") as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            heard.seek(0)
            said = (line for line in heard if not any(known in line for known in _ANNOUNCEMENTS))
            sys.stderr.writelines(said)
