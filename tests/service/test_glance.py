"""A request is taken for whole and plain only if that is what a parser would say."""

import pytest

from service.glance import path_of_whole

PLAIN = b"POST /predict HTTP/1.1\r\nHost: here\r\nContent-Length: 3\r\n\r\nabc"


@pytest.mark.parametrize(
    ("data", "path"),
    [
        pytest.param(PLAIN, b"/predict", id="plain"),
        pytest.param(PLAIN.replace(b"/predict", b"/read?version=1"), b"/read", id="query"),
        pytest.param(PLAIN.replace(b"Content-Length: ", b"content-length:"), b"/predict", id="other-writing"),
        pytest.param(PLAIN.replace(b"3", b"0")[:-3], b"/predict", id="empty-body"),
    ],
)
def test_knows_whole_requests(data, path):
    assert path_of_whole(data) == path


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(PLAIN[:-1], id="body-cut"),
        pytest.param(PLAIN[:40], id="head-cut"),
        pytest.param(PLAIN + PLAIN, id="two"),
        pytest.param(PLAIN + b"x", id="more"),
        pytest.param(PLAIN.replace(b"POST", b"PUT"), id="method"),
        pytest.param(PLAIN.replace(b"1.1", b"1.0"), id="http-1.0"),
        pytest.param(PLAIN.replace(b"Host: here", b"Connection: close"), id="closing"),
        pytest.param(PLAIN.replace(b"Host: here", b"transfer-encoding: chunked"), id="chunked"),
        pytest.param(PLAIN.replace(b"Host: here", b"Expect: 100-continue"), id="expects"),
        pytest.param(PLAIN.replace(b"Host: here", b"Content-Length: 3"), id="two-lengths"),
        pytest.param(PLAIN.replace(b"Host: here", b"Content-Length:\t9"), id="two-lengths-one-odd"),
        pytest.param(PLAIN.replace(b"Content-Length: 3\r\n", b""), id="no-length"),
        pytest.param(PLAIN.replace(b": 3", b": 3, 3"), id="list-of-lengths"),
        pytest.param(PLAIN.replace(b": 3", b": +3"), id="sign"),
        pytest.param(PLAIN.replace(b"Host: here", b"Host: a\r\n folded"), id="folded"),
        pytest.param(PLAIN.replace(b"Host: here", b"Ho st: a"), id="space-in-a-name"),
        pytest.param(PLAIN.replace(b"\r\n", b"\n"), id="bare-line-feeds"),
        pytest.param(b"\r\n" + PLAIN, id="empty-line-before"),
    ],
)
def test_leaves_all_else_to_the_parser(data):
    assert path_of_whole(data) is None
