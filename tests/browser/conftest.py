"""A browser, a service with the real model, and a page of it that is watched: `make browser-test`."""

import logging
import os
import shutil

import pytest
from served_process import serving

sync_api = pytest.importorskip(
    "playwright.sync_api", reason="needs Playwright: make browser-test installs it"
)

log = logging.getLogger("browser")  # shown where a test fails

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    """The address of a service."""
    log_path = tmp_path_factory.mktemp("service") / "log"
    with serving("--engine", "litert", "--max-upload-bytes", "2000000", log_path=log_path) as (_, client):
        yield str(client.base_url)


@pytest.fixture(scope="session")
def browser():
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.skip("needs Chromium: apt-get install chromium")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # root has no sandbox
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, service):
    """Opens the page; in the end no script may have failed, no policy been violated, no other host asked."""
    contexts, complaints = [], []

    def watch(request):
        if not request.url.startswith((service, "data:", "blob:")):
            complaints.append(f"asked {request.url}")

    def open_one(path="/", **options):
        context = browser.new_context(**{"reduced_motion": "reduce", "locale": "en-US", **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", watch)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: log.warning("%s: %s", request.url, request.failure))
        page.on("console", lambda said: log.warning("%s: %s", said.type, said.text))
        page.on("console", lambda said: "Content Security" in said.text and complaints.append(said.text))
        cut_off = []  # where another program makes a network interface, Chromium drops all that it loads
        page.on(
            "requestfailed", lambda each: "NETWORK_CHANGED" in (each.failure or "") and cut_off.append(each)
        )
        page.goto(service + path)
        if cut_off:
            page.reload()
        page.locator("#language:not(:empty)").wait_for()
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page(open_page):
    return open_page()
