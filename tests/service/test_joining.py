"""Head and body of an answer leave together, and no head is ever left behind."""

import pytest
from listening import HEALTH, listening

from service.joining import JoiningTransport

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n"


class Transport:
    """Remembers what it was told."""

    def __init__(self):
        self.told = []

    def write(self, data):
        self.told.append(data)

    def write_eof(self):
        self.told.append("eof")

    def close(self):
        self.told.append("closed")

    def abort(self):
        self.told.append("aborted")

    def is_closing(self):
        return "closed" in self.told


@pytest.fixture
def transport():
    return Transport()


@pytest.fixture
def joining(transport):
    return JoiningTransport(transport)


def test_a_head_leaves_with_the_body(joining, transport):
    joining.write(HEAD)
    assert transport.told == []

    joining.write(b"{}")
    joining.write(b"more")
    assert transport.told == [HEAD + b"{}", b"more"]


@pytest.mark.parametrize(
    ("end", "told"),
    [("flush", [HEAD]), ("write_eof", [HEAD, "eof"]), ("close", [HEAD, "closed"]), ("abort", ["aborted"])],
)
def test_a_head_that_nothing_follows_leaves_before_the_end(joining, transport, end, told):
    joining.write(HEAD)

    getattr(joining, end)()

    assert transport.told == told


@pytest.mark.parametrize("whole", [b"HTTP/1.1 100 Continue\r\n\r\n", HEAD + b"{}"], ids=["interim", "whole"])
def test_what_a_client_waits_for_leaves_at_once(joining, transport, whole):
    joining.write(whole)

    assert transport.told == [whole]


def test_what_comes_too_late_is_dropped(joining, transport):
    joining.close()

    joining.write(HEAD + b"{}")
    joining.write(HEAD)
    joining.flush()

    assert transport.told == ["closed"]


async def test_an_answer_without_a_body_is_not_kept():
    async with listening() as (begin, _):
        talk = await begin(HEALTH.replace(b"GET", b"HEAD"))

        assert b"200 OK" in await talk.reader.readuntil(b"\r\n\r\n")
