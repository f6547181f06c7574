"""Who may ask, how often, and how slowly; and what no answer tells."""

import asyncio
import hashlib

import pytest
from stub_service import StubEngine, running

from service.access import RateLimit
from service.errors import RateLimitedError
from service.settings import Settings

KEYS = ("one long random string", "another long random string")
HASHES = [hashlib.sha256(key.encode()).hexdigest() for key in KEYS]


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


async def ask(client, picture, key=None, path="/predict"):
    return await client.post(path, content=picture, headers=bearer(key) if key else {})


@pytest.mark.parametrize("path", ["/predict", "/read"])
async def test_where_keys_are_configured_only_they_get_predictions(seven, path):
    async with running(Settings(api_keys_sha256=",".join(HASHES))) as client:
        allowed = [(await ask(client, seven, key, path)).status_code for key in KEYS]
        refused = [await ask(client, seven, key, path) for key in (None, "guess", HASHES[0])]
        health = await client.get("/health")

    assert allowed == [200, 200]
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(401, "unauthorized")}
    assert {answer.headers["www-authenticate"] for answer in refused} == {"Bearer"}
    assert health.status_code == 200


async def test_a_request_without_a_key_is_refused_before_its_body_is_read():
    async def body():
        raise AssertionError("nobody may read this")
        yield b""

    async with running(Settings(api_keys_sha256=HASHES[0])) as client:
        answer = await client.post("/predict", content=body())

    assert answer.status_code == 401


async def test_a_key_that_asks_too_often_is_told_when_to_come_again_and_others_are_not(seven):
    async with running(Settings(api_keys_sha256=",".join(HASHES), key_rate_per_s=0.001)) as client:
        first = await ask(client, seven, KEYS[0])
        second = await ask(client, seven, KEYS[0])
        other = await ask(client, seven, KEYS[1])

    assert (first.status_code, other.status_code) == (200, 200)
    assert (second.status_code, second.json()["code"]) == (429, "rate-limited")
    assert 900 <= int(second.headers["retry-after"]) <= 1000


def test_a_bucket_holds_a_seconds_worth_and_fills_again():
    now_s = 100.0
    rate = RateLimit(2, now_s=lambda: now_s)

    rate.take(b"key")
    rate.take(b"key")
    with pytest.raises(RateLimitedError):
        rate.take(b"key")
    now_s += 0.5
    rate.take(b"key")
    with pytest.raises(RateLimitedError):
        rate.take(b"key")


async def test_an_upload_that_never_ends_is_ended():
    async def drip():
        yield b"\x89PNG"
        await asyncio.sleep(3600)

    async with running(Settings(upload_timeout_s=0.05)) as client:
        answer = await client.post("/predict", content=drip())

    assert (answer.status_code, answer.json()["code"]) == (408, "upload-too-slow")
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("part", ['name="x"', 'name="image"; filename="x"'], ids=["fields", "files"])
async def test_refuses_a_form_of_many_parts(part):
    body = (
        "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n\r\n1\r\n" for _ in range(17))
        + "--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    async with running() as client:
        answer = await client.post("/predict", content=body.encode(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")


@pytest.mark.parametrize("headers", ["A: b\r\n" * 8, f"A: {'b' * 5000}\r\n"], ids=["many", "long"])
async def test_refuses_a_form_part_with_too_many_or_too_long_headers(headers):
    body = f'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n{headers}\r\n1\r\n--b--\r\n'
    async with running() as client:
        answer = await client.post(
            "/predict", content=body.encode(), headers={"content-type": "multipart/form-data; boundary=b"}
        )

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")


class BuggyEngine(StubEngine):
    def predict(self, _):
        raise ZeroDivisionError("/a/secret/path")


@pytest.mark.parametrize("path", ["/health", "/nothing", "/", "/docs", "/predict"])
async def test_every_answer_keeps_browsers_from_making_more_of_it(seven, path):
    async with running(engine=BuggyEngine()) as client:
        answer = await (client.post(path, content=seven) if path == "/predict" else client.get(path))

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert ("script-src 'self'" in policy) == (path in {"/", "/docs"})
    assert "server" not in answer.headers


async def test_a_bug_tells_a_client_neither_its_trace_nor_a_path(seven):
    async with running(engine=BuggyEngine()) as client:
        answer = await client.post("/predict", content=seven)

    assert answer.status_code == 500
    assert not [word for word in ("Traceback", "secret", ".py", "ZeroDivision") if word in answer.text]
