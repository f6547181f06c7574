"""How the C library keeps the process's memory."""

import ctypes
from contextlib import suppress
from typing import Final

_M_ARENA_MAX: Final = -8
"""glibc's name for the option; see mallopt(3)."""


def share_one_heap() -> bool:
    """Have all threads allocate from one heap; False where the C library has no such option.

    glibc gives each thread a heap of its own, which keeps what large pictures left free in it: with each
    reload, which brings new threads, the process grew by some MB (`benchmarks/soak.py`).
    """
    with suppress(AttributeError, TypeError):  # macOS and musl; Windows
        return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1))
    return False
