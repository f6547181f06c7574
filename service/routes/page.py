"""`GET /` and `GET /network`: the pages, and the files they are made of, which browsers may keep for ever."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request, Response

from service.corrections.keeper import Keeper

_FOLDER: Final = Path(__file__).parents[1] / "page"

PAGES: Final = {"/": "index.html", "/network": "network.html"}
"""What is shown at which path."""

_ENTRY: Final = re.compile(r'type="module" src="{{files}}/([^"]+)"')
_IMPORT: Final = re.compile(r'from "\./([^"]+)"')

_MEDIA_TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}

_KEEP: Final = "public, max-age=31536000, immutable"
_ASK_AGAIN: Final = "no-cache"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class _Files:
    """The pages' files by their path below their folder, and a digest of them all.

    The digest is part of each file's address. A changed file gets a new one, and with it all files
    that import it by a relative path: so a browser need never ask whether what it has is still right,
    and nothing has to be built.
    """

    contents: dict[str, bytes]
    digest: str


@cache
def _files() -> _Files:
    paths = sorted(path for path in _FOLDER.rglob("*") if path.suffix in _MEDIA_TYPES)
    contents = {path.relative_to(_FOLDER).as_posix(): path.read_bytes() for path in paths}
    digest = hashlib.sha256()
    for name, content in contents.items():
        digest.update(b"%s\0%d\0%s" % (name.encode(), len(content), content))
    return _Files(contents, digest.hexdigest()[:16])


def _modules(page: str) -> list[str]:
    """The modules that a page needs, so that a browser fetches all at once, not one after the other."""
    found = _ENTRY.findall(page)
    for name in found:  # which grows
        found += [each for each in _IMPORT.findall(_files().contents[name].decode()) if each not in found]
    return found


@cache
def _page(name: str, root_path: str, corrections_days: int) -> bytes:
    """A page, with the addresses of its files and how long corrections are kept; 0 is not at all."""
    files = _files()
    address = f"{escape(root_path)}/page/{files.digest}"
    page = files.contents[name].decode()
    preloads = (f'<link rel="modulepreload" href="{address}/{each}">' for each in _modules(page))
    for mark, value in {
        "{{modules}}": "\n    ".join(preloads),
        "{{files}}": address,
        "{{root}}": escape(root_path),
        "{{corrections}}": str(corrections_days),
    }.items():
        page = page.replace(mark, value)
    return page.encode()


@cache
def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


def _show(request: Request) -> Response:
    root_path = request.scope.get("root_path", "").rstrip("/")
    name = PAGES[request.scope["path"].removeprefix(root_path)]
    keeper: Keeper | None = request.app.state.corrections
    return _answer(request, _page(name, root_path, keeper.days if keeper else 0), name, _ASK_AGAIN)


for _path in PAGES:
    router.add_api_route(_path, _show, methods=["GET", "HEAD"])


@router.api_route("/page/{digest}/{name:path}", methods=["GET", "HEAD"])
def file(request: Request, digest: str, name: str) -> Response:
    """One of the pages' files.

    Under another digest, which a page has that came from another version of the service, it is given
    too: better than a page without its script.
    """
    files = _files()
    if name not in files.contents or name in PAGES.values():
        raise HTTPException(404)
    return _answer(request, files.contents[name], name, _KEEP if digest == files.digest else _ASK_AGAIN)


def _answer(request: Request, content: bytes, name: str, caching: str) -> Response:
    tag = f'W/"{hashlib.sha256(content).hexdigest()[:16]}"'
    headers = {"Cache-Control": caching, "ETag": tag, "Vary": "Accept-Encoding"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
        content = _gzipped(content)
    return Response(content, headers=headers, media_type=_MEDIA_TYPES[Path(name).suffix])
