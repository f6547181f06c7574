"""`POST /predict`, from the outside."""

import cv2
import numpy as np
import pytest
from pictures import draw_seven, encode
from PIL import Image
from stub_service import StubEngine, running

from service.settings import Settings


async def test_answers_with_the_digit_and_ten_probabilities(client, seven):
    answer = await client.post("/predict", files={"image": ("seven.png", seven, "image/png")})

    body = answer.json()
    assert answer.status_code == 200
    assert body["digit"] == 7
    assert body["confidence"] == pytest.approx(0.91)
    assert len(body["probabilities"]) == 10
    assert sum(body["probabilities"]) == pytest.approx(1, abs=1e-9)
    assert body["is_digit"] is True
    assert body["digit_score"] == pytest.approx(0.91)
    assert body["model"] == {"name": "digits", "version": 3, "engine": "stub"}


@pytest.mark.parametrize(
    "request_of",
    [
        pytest.param(lambda p: {"files": {"image": p}}, id="form-field-image"),
        pytest.param(lambda p: {"files": {"file": p}}, id="form-field-file"),
        pytest.param(lambda p: {"files": {"image": p}, "data": {"note": "hi"}}, id="form-with-other-fields"),
        pytest.param(lambda p: {"content": p, "headers": {"content-type": "image/png"}}, id="raw-image"),
        pytest.param(
            lambda p: {"content": p, "headers": {"content-type": "IMAGE/PNG; q=1"}}, id="raw-capitals"
        ),
        pytest.param(
            lambda p: {"content": p, "headers": {"content-type": "application/octet-stream"}}, id="raw-bytes"
        ),
        pytest.param(lambda p: {"content": p}, id="raw-without-content-type"),
    ],
)
async def test_takes_the_picture_in_any_usual_way(client, engine, seven, request_of):
    answer = await client.post("/predict", **request_of(seven))

    assert answer.status_code == 200
    assert engine.calls[0].shape == (1, 28, 28)
    assert engine.calls[0].dtype == np.uint8


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
async def test_reads_every_promised_format(client, format_):
    answer = await client.post("/predict", content=encode(draw_seven(), format_))

    assert answer.status_code == 200


@pytest.mark.parametrize("batches", [False, True], ids=["engine-without-batches", "engine-with-batches"])
async def test_gives_the_engine_the_digit_image_whichever_way_it_works(mnist_test, batches):
    engine = StubEngine(batches=batches)
    image = mnist_test[0][0]

    async with running(engine=engine) as client:
        await client.post("/predict", content=encode(image))

    np.testing.assert_array_equal(engine.calls[-1][0], image)


async def test_says_what_the_model_thinks_of_it_as_a_digit(seven):
    async with running(engine=StubEngine(digit_score=0.25)) as client:
        body = (await client.post("/predict", content=seven)).json()

    assert body["digit_score"] == 0.25
    assert body["is_digit"] is False
    assert body["confidence"] == pytest.approx(0.91)


async def test_says_no_digit_below_the_threshold(seven):
    async with running(Settings(min_digit_score=0.95)) as client:
        body = (await client.post("/predict", content=seven)).json()

    assert body["is_digit"] is False
    assert body["digit"] == 7


def sevens(*sizes):
    """Sevens beside each other on one line."""
    sheet = Image.new("RGB", (40 + 240 * len(sizes), 280), "white")
    for i, size in enumerate(sizes):
        sheet.paste(draw_seven((size, size), width=size // 10), (20 + 240 * i, (280 - size) // 2))
    return encode(sheet)


either_engine = pytest.mark.parametrize("batches", [False, True], ids=["without-batches", "with-batches"])


@either_engine
async def test_refuses_several_digits_and_names_the_way_to_read_them(batches):
    async with running(engine=StubEngine(batches=batches)) as client:
        answer = await client.post("/predict", content=sevens(200, 200, 180))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "several-digits")
    assert "3 digits: 777" in problem["detail"]
    assert "POST /read" in problem["detail"]


@either_engine
async def test_reads_the_one_that_dominates(batches):
    async with running(engine=StubEngine(batches=batches)) as client:
        answer = await client.post("/predict", content=sevens(230, 90))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("engine", "calls"),
    [
        pytest.param(StubEngine(confidence=0.99), 1, id="sure"),
        pytest.param(StubEngine(confidence=0.5), 2, id="unsure"),
        pytest.param(StubEngine(confidence=0.99, digit_score=0.1), 2, id="hardly-a-digit"),
    ],
)
async def test_looks_for_others_only_in_doubt(seven, engine, calls):
    async with running(engine=engine) as client:
        answer = await client.post("/predict", content=seven)

    assert answer.status_code == 200
    assert len(engine.calls) == calls


async def test_a_doubtful_digit_among_too_many_things_stays_a_digit():
    speckled = np.full((1024, 1024), 255, np.uint8)
    speckled[10::45, 10::45] = 0
    speckled = 255 - cv2.dilate(255 - speckled, np.ones((24, 24), np.uint8))

    async with running(engine=StubEngine(confidence=0.5)) as client:
        answer = await client.post("/predict", content=encode(speckled))

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        pytest.param({}, 400, "missing-image", id="nothing-at-all"),
        pytest.param({"files": {"image": b""}}, 400, "missing-image", id="empty-file"),
        pytest.param(
            {"content": b"--b--\r\n", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            400,
            "missing-image",
            id="empty-form",
        ),
        pytest.param({"files": {"picture": b"x"}}, 400, "missing-image", id="wrong-field"),
        pytest.param(
            {"files": {"x": b"x"}, "data": {"image": "seven.png"}}, 400, "missing-image", id="text-field"
        ),
        pytest.param(
            {"files": [("image", b"x"), ("image", b"y")]}, 400, "malformed-request", id="two-images"
        ),
        pytest.param(
            {"content": b"x", "headers": {"content-type": "multipart/form-data"}},
            400,
            "malformed-request",
            id="form-without-boundary",
        ),
        pytest.param(
            {"content": b"x", "headers": {"content-type": "multipart/form-data; boundary=b"}},
            400,
            "malformed-request",
            id="form-that-is-none",
        ),
        pytest.param(
            {
                "content": b'--b\r\nContent-Disposition: form-data; name="image"; filename="a"\r\n\r\nx',
                "headers": {"content-type": "multipart/form-data; boundary=b"},
            },
            400,
            "malformed-request",
            id="form-cut-short",
        ),
        pytest.param({"json": {"image": "aGk="}}, 415, "unsupported-media-type", id="json"),
        pytest.param({"data": {"image": "x"}}, 415, "unsupported-media-type", id="urlencoded"),
        pytest.param({"content": b"%PDF-1.7"}, 415, "unreadable-image", id="not-an-image"),
        pytest.param({"content": b"\x89PNG\r\n\x1a\n"}, 415, "unreadable-image", id="cut-image"),
        pytest.param({"content": encode(np.full((50, 50), 255, np.uint8))}, 422, "blank-image", id="blank"),
        pytest.param(
            {"content": encode(np.zeros((8000, 7000), bool))}, 413, "image-too-large", id="56-megapixels"
        ),
    ],
)
async def test_refuses_what_it_cannot_recognize(client, request_, status, code):
    answer = await client.post("/predict", **request_)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"/problems/{code}"
    assert problem["status"] == status
    assert len(problem["detail"]) > 40, "says what was wrong, what is allowed, what to do"


async def test_refuses_a_body_over_the_limit_before_reading_it(engine):
    async with running(Settings(max_upload_bytes=1000), engine=engine) as client:
        answer = await client.post("/predict", content=bytes(1001))

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
    assert "1,000 bytes" in answer.json()["detail"]
    assert answer.headers["connection"] == "close"
    assert not engine.calls


@pytest.mark.parametrize("as_form", [False, True], ids=["raw", "form"])
async def test_refuses_a_chunked_body_once_it_exceeds_the_limit(as_form):
    async def chunks():
        if as_form:
            yield b'--b\r\nContent-Disposition: form-data; name="image"; filename="x"\r\n\r\n'
        for _ in range(3):
            yield bytes(500)

    headers = {"content-type": "multipart/form-data; boundary=b"} if as_form else {}
    async with running(Settings(max_upload_bytes=1000)) as client:
        answer = await client.post("/predict", content=chunks(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_accepts_a_body_of_exactly_the_limit(seven):
    async with running(Settings(max_upload_bytes=len(seven))) as client:
        answer = await client.post("/predict", content=seven)

    assert answer.status_code == 200
