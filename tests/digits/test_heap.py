"""What glibc is told of the heap."""

import platform
import subprocess
import sys

import pytest

from digits.heap import keep_freed, share_one_heap

OPTIONS = [
    pytest.param(share_one_heap, id="one-heap"),
    pytest.param(keep_freed, id="keep-freed"),
]


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's option")
@pytest.mark.parametrize("option", OPTIONS)
def test_glibc_takes_the_option(option):
    code = f"import sys; from digits.heap import {option.__name__} as option; sys.exit(not option())"

    ended = subprocess.run([sys.executable, "-c", code], check=False)  # not in this process

    assert ended.returncode == 0


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's option")
def test_kept_memory_is_not_asked_of_the_kernel_again():
    """What takes and frees a few MB, again and again, has its pages from the first time on."""
    code = """
import resource, sys
import numpy as np
from digits.heap import keep_freed

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        blocks = [np.ones(1_000_000, np.uint8) for _ in range(12)]
        del blocks
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

if sys.argv[1] == "kept":
    keep_freed()
faults()
print(faults())
"""

    def faults(how):
        run = subprocess.run([sys.executable, "-c", code, how], check=True, capture_output=True, text=True)
        return int(run.stdout)

    assert faults("kept") < 0.1 * faults("given back")


@pytest.mark.parametrize("option", OPTIONS)
def test_where_the_library_has_no_such_option_nothing_happens(monkeypatch, option):
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())

    assert not option()
