"""The README's pictures of the page: `make screenshots`."""

from pathlib import Path

import pytest
from pen import draw, traces
from playwright.sync_api import expect

IMAGES = Path(__file__).parents[2] / "docs" / "images"
DESK = {"viewport": {"width": 1180, "height": 820}}


@pytest.mark.parametrize(
    ("name", "options"),
    [
        pytest.param("page.png", DESK, id="light"),
        pytest.param(
            "page-dark-zh.png", {**DESK, "color_scheme": "dark", "locale": "zh-CN"}, id="dark-chinese"
        ),
    ],
)
def test_draws(open_page, name, options):
    page = open_page(**options)
    page.locator("#samples button").nth(3).click()
    expect(page.locator("#seen.known")).to_be_visible()
    expect(page.locator("#digit")).to_have_text("3")
    page.mouse.move(1, 1)
    page.wait_for_timeout(500)  # until nothing moves any more

    page.screenshot(path=IMAGES / name)


def test_draws_the_network(open_page):
    page = open_page("/network", **DESK)
    page.get_by_role("button", name="Clear").click()
    draw(page, traces(page, 5))
    expect(page.locator("#layers .best b")).to_have_text("5")
    page.mouse.move(1, 1)
    page.wait_for_timeout(500)

    page.screenshot(path=IMAGES / "network.png")
