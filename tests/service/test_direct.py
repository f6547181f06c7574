"""A request without parameters takes a shorter way through FastAPI, and nobody can tell."""

import pytest
from pictures import draw_seven, encode
from stub_service import StubEngine, running

from service.settings import Settings

KEY = "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"  # of "secret"

SEVEN = encode(draw_seven())


@pytest.mark.parametrize(
    ("path", "parameters"), [("/predict", "?explain=false"), ("/read", "?version=3")], ids=["predict", "read"]
)
@pytest.mark.parametrize(
    ("settings", "request_"),
    [
        pytest.param({}, {"content": SEVEN}, id="answered"),
        pytest.param({}, {"files": {"image": SEVEN}}, id="form"),
        pytest.param({}, {"content": b""}, id="empty"),
        pytest.param({}, {"content": b"%PDF-1.7"}, id="no-picture"),
        pytest.param({}, {"content": SEVEN, "headers": {"Content-Type": "text/html"}}, id="media-type"),
        pytest.param({"max_upload_bytes": 10}, {"content": SEVEN}, id="too-many-bytes"),
        pytest.param({"api_keys_sha256": KEY}, {"content": b""}, id="no-key-comes-before-no-picture"),
        pytest.param(
            {"api_keys_sha256": KEY},
            {"content": SEVEN, "headers": {"Authorization": "Bearer secret"}},
            id="key",
        ),
    ],
)
async def test_both_ways_give_the_same_answer(path, parameters, settings, request_):
    async with running(Settings(**settings), engine=StubEngine(confidence=0.999)) as client:
        direct = await client.post(path, **request_)
        resolved = await client.post(path + parameters, **request_)

    assert (direct.status_code, direct.content) == (resolved.status_code, resolved.content)
    assert comparable(direct) == comparable(resolved)


def comparable(response):
    return {name: value for name, value in response.headers.items() if name != "x-request-id"}
