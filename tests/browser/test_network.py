"""The page that shows the network from inside."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from pen import PHONE, draw, traces
from playwright.sync_api import expect

KINDS = [*["Convolution"] * 5, "Dense layer", "Probabilities"]

INK = """canvas => {
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    return new Set(new Uint32Array(pixels.buffer)).size;
}"""
"""How many colors there are on a canvas."""


def expect_answer(page, digit):
    expect(page.locator("#layers .best b")).to_have_text(str(digit))
    expect(page.locator("#sentence")).to_have_text(f"Of the ten digits it is most like a {digit}.")


def test_shows_each_layer_of_a_digit_that_is_drawn(open_page):
    page = open_page("/network")
    expect(page.locator("#layers h3")).to_have_text(KINDS)
    expect(page.locator("#layers .shape").first).to_contain_text("320 weights, 194,688 multiply-adds")
    expect_answer(page, 3)  # what is drawn where nothing was brought along
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#sentence")).to_have_text("Draw a digit and follow it through the layers.")
    empty = [each.evaluate(INK) for each in page.locator("#layers canvas").all()]

    draw(page, traces(page, 7))

    expect_answer(page, 7)
    expect(page.locator("#announcer")).to_have_text("Of the ten digits it is most like a 7.")
    full = [each.evaluate(INK) for each in page.locator("#layers canvas").all()]
    assert len(full) == len(KINDS) - 1
    assert all(few <= 2 and many > 5 for few, many in zip(empty, full, strict=True))


def test_goes_on_with_what_was_drawn_on_the_other_page(page):
    draw(page, traces(page, 5))
    page.get_by_role("link", name="See what each layer makes of it").click()

    expect_answer(page, 5)
    assert page.locator("#got").evaluate(INK) > 5
    page.reload()
    expect_answer(page, 5)
    draw(page, traces(page, 2))
    expect_answer(page, 2)
    page.get_by_role("link", name="Digits").click()
    expect(page.locator("#bars")).to_be_visible()


def test_an_address_that_brings_no_picture_is_told_of(open_page):
    page = open_page("/network#AAAA")

    expect(page.locator("#trouble")).to_contain_text("not a picture that can be read")
    draw(page, traces(page, 1))
    expect_answer(page, 1)
    expect(page.locator("#trouble")).to_be_hidden()


def test_layers_that_could_not_be_had_come_with_the_next_drawing(open_page):
    page = open_page("/")
    page.route("**/layers", lambda route: route.abort())
    page.goto(page.url + "network")
    expect(page.locator("#trouble")).to_be_visible()
    draw(page, traces(page, 7))
    page.unroute("**/layers")
    draw(page, traces(page, 7))

    expect(page.locator("#layers h3")).to_have_text(KINDS)
    expect(page.locator("#trouble")).to_be_hidden()


def test_a_version_without_layers_is_told_in_words(open_page):
    page = open_page("/")
    page.route("**/layers", lambda route: route.fulfill(status=404, json={"code": "layers-unavailable"}))
    page.goto(page.url + "network")

    expect(page.locator("#trouble")).to_contain_text("came without what shows its layers")


def test_says_how_good_the_model_is(open_page):
    page = open_page("/network")

    expect(page.locator("#model")).to_contain_text(re.compile(r"99\.\d+%"))
    expect(page.locator("#model")).to_contain_text("Calibration error")
    expect(page.locator("#cost")).to_contain_text("multiply-adds for each digit")


def test_a_phone_shows_it_without_scrolling_sideways(open_page):
    page = open_page("/network", **PHONE)

    expect_answer(page, 3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_axe_finds_nothing_serious(open_page, scheme, locale):
    page = open_page("/network", color_scheme=scheme, locale=locale)
    expect(page.locator("#layers .best b")).to_have_text("3")

    found = Axe().run(page).response["violations"]
    serious = [each for each in found if each["impact"] in {"serious", "critical"}]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in serious] == []
