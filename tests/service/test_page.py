"""The page's files: served whole, kept by browsers, and in need of nobody else."""

import re

import pytest
from stub_service import running

from service.routes.page import PAGES
from service.settings import Settings

LINK = re.compile(r'(?:src|href)="([^"#]+)"')
IMPORT = re.compile(r'from "([^"]+)"')
WORD = re.compile(r'^  "([a-z0-9_-]+)": "(.+)",$', re.MULTILINE)
ENOUGH_BYTES = 60_000


each_page = pytest.mark.parametrize("page", PAGES)


async def files(client, page="/"):
    """All that a browser loads for a page: path → answer."""
    index = await client.get(page)
    paths = {path for path in LINK.findall(index.text) if "/page/" in path}
    return {page: index} | {path: await client.get(path) for path in sorted(paths)}


async def words(client, language):
    path = next(path for path in await files(client) if path.endswith(f"words/{language}.js"))
    return dict(WORD.findall((await client.get(path)).text))


@each_page
async def test_every_file_is_there_with_its_type(client, page):
    answers = await files(client, page)

    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    assert len(answers) > 20
    for path, answer in list(answers.items())[1:]:
        assert answer.status_code == 200, path
        assert answer.headers["content-type"].startswith(types[path[path.rindex(".") :]]), path


@each_page
async def test_every_import_is_among_the_files_that_the_page_names(client, page):
    answers = await files(client, page)

    for path, answer in answers.items():
        for name in IMPORT.findall(answer.text) if path.endswith(".js") else []:
            if name.startswith("."):
                assert str(answer.url.join(name).path) in answers


@each_page
async def test_files_are_kept_for_ever_and_the_page_is_asked_for_again(client, page):
    answers = await files(client, page)
    index = answers.pop(page)

    assert index.headers["cache-control"] == "no-cache"
    assert {answer.headers["cache-control"] for answer in answers.values()} == {
        "public, max-age=31536000, immutable"
    }
    again = await client.get(page, headers={"If-None-Match": index.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_page_of_another_version_gets_files_but_does_not_keep_them(client):
    answer = await client.get("/page/0123456789abcdef/main.js")

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "/page/x/nothing.js",
        "/page/x/index.html",
        "/page/x/network.html",
        "/page/x/..%2f..%2fsettings.py",
        "/page/x/",
    ],
)
async def test_nothing_else_is_served(client, path):
    assert (await client.get(path)).status_code == 404


@each_page
async def test_the_policy_allows_only_our_own_scripts_and_styles(client, page):
    answer = await client.get(page)

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy
    assert "unsafe" not in policy
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", answer.text)


@each_page
async def test_no_file_names_another_host(client, page):
    for path, answer in (await files(client, page)).items():
        named = re.findall(r"(?:https?:)?//([\w-]+\.[\w.-]+)", answer.text)
        assert set(named) <= {"www.w3.org"}, path  # the name of SVG, which nobody asks


async def test_both_languages_say_everything(client):
    english, chinese = await words(client, "en"), await words(client, "zh")

    assert len(english) > 50
    assert english.keys() == chinese.keys()
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key


@each_page
async def test_every_word_that_the_page_asks_for_is_there(client, page):
    english = await words(client, "en")
    index = (await client.get(page)).text

    assert set(re.findall(r'data-t(?:-label)?="([^"]+)"', index)) <= english.keys()


@each_page
async def test_stays_small_on_the_wire(client, page):
    answers = await files(client, page)  # compressed, as the client asks for it

    assert {answer.headers["content-encoding"] for answer in answers.values()} == {"gzip"}
    assert sum(int(answer.headers["content-length"]) for answer in answers.values()) < ENOUGH_BYTES


async def test_a_page_names_no_module_that_it_does_not_need(client):
    assert not [path for path in await files(client, "/network") if path.endswith("/tray.js")]
    assert not [path for path in await files(client) if path.endswith("/layers.js")]


async def test_a_client_that_takes_no_gzip_gets_none(client):
    answer = await client.get("/", headers={"Accept-Encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert answer.text == (await client.get("/")).text


@pytest.mark.filterwarnings("ignore:The `root_path` parameter is deprecated")  # create_app's to mend
async def test_behind_a_proxy_all_addresses_begin_with_its_path():
    async with running(Settings(root_path="/digits")) as client:
        index = (await client.get("/digits/")).text
        links = LINK.findall(index)

        assert all(link.startswith("/digits/") for link in links)
        assert (await client.get(next(link for link in links if link.endswith("main.js")))).status_code == 200
