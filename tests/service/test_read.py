"""`POST /read`, from the outside."""

import numpy as np
import pytest
from pictures import draw_seven, encode
from PIL import Image
from stub_service import StubEngine, running


def two_lines(scale=1):
    """Two sevens, and one below."""
    sheet = Image.new("RGB", (300 * scale, 300 * scale), "white")
    seven = draw_seven((100 * scale, 100 * scale), width=10 * scale)
    for left, top in ((20, 20), (150, 20), (20, 160)):
        sheet.paste(seven, (left * scale, top * scale))
    return sheet


async def test_answers_with_text_lines_and_boxes(client):
    answer = await client.post("/read", files={"image": encode(two_lines())})

    body = answer.json()
    assert answer.status_code == 200
    assert set(body) == {"text", "lines", "digits", "model"}
    assert body["text"] == "77\n7"
    assert body["lines"] == ["77", "7"]
    assert [(each["digit"], each["line"]) for each in body["digits"]] == [(7, 0), (7, 0), (7, 1)]
    assert body["digits"][0]["confidence"] == pytest.approx(0.91)
    assert body["model"] == {"name": "digits", "version": 3, "engine": "stub"}


@pytest.mark.parametrize("scale", [1, 12], ids=["as-worked-on", "made-smaller-for-work"])
async def test_boxes_are_in_pixels_of_the_picture(client, scale):
    answer = await client.post("/read", content=encode(two_lines(scale), "JPEG"))

    for digit, (left, top) in zip(answer.json()["digits"], ((20, 20), (150, 20), (20, 160)), strict=True):
        box = np.array(list(digit["box"].values())) / scale
        np.testing.assert_allclose(box, [left + 25, top + 15, 50, 67], atol=8)


async def test_boxes_are_in_pixels_of_the_upright_picture(client):
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its left side
    lying = two_lines(12).transpose(Image.Transpose.ROTATE_90)

    turned = (await client.post("/read", content=encode(lying, "JPEG", exif=exif))).json()
    upright = (await client.post("/read", content=encode(two_lines(12), "JPEG"))).json()

    assert turned["text"] == upright["text"]
    for one, other in zip(turned["digits"], upright["digits"], strict=True):
        np.testing.assert_allclose(list(one["box"].values()), list(other["box"].values()), atol=24)


@pytest.mark.parametrize("batches", [False, True], ids=["engine-without-batches", "engine-with-batches"])
async def test_asks_the_engine_once(batches):
    engine = StubEngine(batches=batches)

    async with running(engine=engine) as client:
        await client.post("/read", content=encode(two_lines()))

    assert len(engine.calls) == 1


async def test_ink_without_a_digit_is_an_empty_text():
    async with running(engine=StubEngine(digit_score=0.1)) as client:
        answer = await client.post("/read", content=encode(two_lines()))

    assert answer.status_code == 200
    assert (answer.json()["text"], answer.json()["lines"], answer.json()["digits"]) == ("", [], [])


def full_page():
    page = np.full((1024, 1024), 255, np.uint8)
    for row in range(10, 1000, 45):
        for column in range(10, 1000, 45):
            page[row : row + 26, column : column + 22] = 0
    return page


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        pytest.param(b"", 400, "missing-image", id="nothing"),
        pytest.param(b"%PDF-1.7", 415, "unreadable-image", id="not-an-image"),
        pytest.param(encode(np.full((50, 50), 255, np.uint8)), 422, "blank-image", id="blank"),
        pytest.param(encode(np.zeros((8000, 7000), bool)), 413, "image-too-large", id="56-megapixels"),
        pytest.param(encode(full_page()), 422, "too-many-symbols", id="full-page"),
    ],
)
async def test_refuses_what_it_cannot_read(client, content, status, code):
    answer = await client.post("/read", content=content)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_counts_each_digit(client):
    await client.post("/read", content=encode(two_lines()))

    exposition = (await client.get("/metrics")).text
    assert 'digits_predictions_total{digit="7"} 3.0' in exposition
