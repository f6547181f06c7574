"""One heap for all threads."""

import platform

import pytest

from service.memory import share_one_heap


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's option")
def test_glibc_takes_the_option():
    assert share_one_heap()


def test_where_the_library_has_no_such_option_nothing_happens(monkeypatch):
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())

    assert not share_one_heap()
