"""How the C library keeps the process's memory: glibc's options, see mallopt(3)."""

import ctypes
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1
_TOP_PAD: Final = -2
_MMAP_THRESHOLD: Final = -3
_ARENA_MAX: Final = -8

_NEVER: Final = 2**31 - 1
_LARGEST_BLOCK: Final = 32 << 20
"""Bytes. What is larger has pages of its own in any case: glibc's bound for the option."""
_SPARE: Final = 64 << 20
"""Bytes kept at the end of each thread's heap; as large as glibc's heaps are, or it gives up whole ones."""


def share_one_heap() -> bool:
    """Have all threads allocate from one heap; False where the C library has no such option.

    glibc gives each thread a heap of its own, which keeps what large pictures left free in it: with each
    reload, which brings new threads, the process grew by some MB (`benchmarks/soak.py`).
    """
    return _set(_ARENA_MAX, 1)


def keep_freed() -> bool:
    """Have freed memory wait for its next use; False where the C library has no such options.

    A training step takes and frees some 100 MB in blocks of megabytes. glibc gives those back to the
    kernel, which clears each page anew when the next step asks for it.
    """
    options = {_MMAP_THRESHOLD: _LARGEST_BLOCK, _TRIM_THRESHOLD: _NEVER, _TOP_PAD: _SPARE}
    return all(_set(option, value) for option, value in options.items())


def _set(option: int, value: int) -> bool:
    with suppress(AttributeError, TypeError):  # macOS and musl; Windows
        return bool(ctypes.CDLL(None).mallopt(option, value))
    return False
