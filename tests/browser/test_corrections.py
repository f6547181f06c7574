"""What people say against an answer, on the page of a service that keeps it, and on one that does not."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from corrected import open_store, sqlite_url
from pen import draw, traces
from playwright.sync_api import expect
from served_process import serving


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("corrections")


@pytest.fixture(scope="module")
def service(folder):
    """The address of a service that keeps corrections for 30 days."""
    flags = ["--engine", "litert", "--corrections-url", sqlite_url(folder), "--corrections-days", "30"]
    with serving(*flags, log_path=folder / "log") as (_, client):
        yield str(client.base_url)


@pytest.fixture
def store(folder):
    store = open_store(sqlite_url(folder))
    yield store
    store.close()


@pytest.fixture
def read_seven(page):
    draw(page, traces(page, 7))
    expect(page.locator("#digit")).to_have_text("7")
    return page


def choose(page, label, summary="Wrong? Say what it is."):
    page.get_by_text(summary).click()
    page.locator("#correction").get_by_role("button", name=label, exact=True).click()


def test_a_label_is_kept_with_its_answer_and_taken_back(read_seven, store):
    page = read_seven
    page.get_by_text("Wrong? Say what it is.").click()
    expect(page.locator("#correction")).to_contain_text("for 30 days at most")
    page.locator("#correction").get_by_role("button", name="1", exact=True).click()

    expect(page.locator("#correction")).to_contain_text("Kept as: 1. Thank you.")
    ((_, kept),) = store.page()
    assert (kept.label, kept.predicted, kept.model_version is not None) == ("1", "7", True)
    assert kept.request_id

    page.get_by_role("button", name="Take it back").click()
    expect(page.locator("#correction")).to_contain_text("It is deleted.")
    assert store.count() == 0


def test_it_is_asked_anew_for_the_next_drawing_and_of_nothing_else(read_seven, store):
    page = read_seven
    choose(page, "No digit")
    expect(page.locator("#correction")).to_contain_text("Kept as: No digit.")

    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#correction")).to_be_hidden()
    draw(page, traces(page, 4))
    expect(page.get_by_text("Wrong? Say what it is.")).to_be_visible()
    assert [store.delete(each.id) for _, each in store.page()] == [True]


def test_in_chinese_and_with_no_serious_finding_of_axe(open_page, store):
    page = open_page(locale="zh-CN")
    draw(page, traces(page, 7))
    page.get_by_text("请指出正确的数字").click()
    expect(page.locator("#correction")).to_contain_text("最多 30 天")

    found = [
        each for each in Axe().run(page).response["violations"] if each["impact"] in {"serious", "critical"}
    ]
    assert found == []
    assert store.count() == 0


def test_a_correction_that_cannot_be_sent_can_be_tried_again(read_seven, store):
    page = read_seven
    page.route("**/corrections", lambda route: route.abort())
    choose(page, "2")
    expect(page.locator("#correction [role=alert]")).to_contain_text("does not answer")

    page.unroute("**/corrections")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#correction")).to_contain_text("Kept as: 2.")
    assert [store.delete(each.id) for _, each in store.page()] == [True]
