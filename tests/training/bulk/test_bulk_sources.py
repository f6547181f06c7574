"""Pictures come out of a folder, an archive and a Parquet file alike, always in the same chunks."""

import gzip
import os
import pickle
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest

from training.bulk import chunks
from training.bulk.chunks import cut
from training.bulk.errors import SourceError
from training.bulk.sources import open_source

KINDS = [
    pytest.param("folder", {}, id="folder"),
    pytest.param("tar", {}, id="tar"),
    pytest.param("tar.gz", {}, id="tar-compressed"),
    pytest.param("parquet", {"name_column": "name"}, id="parquet"),
    pytest.param("struct.parquet", {}, id="parquet-as-hugging-face-writes-it"),
]


def everything(source, size):
    return [dict(zip(chunk.sources, chunk.pictures(), strict=True)) for chunk in source.chunks(size)]


@pytest.mark.parametrize(("kind", "columns"), KINDS)
def test_gives_every_picture_under_its_name(digit_pictures, packed, kind, columns):
    folder, labels = digit_pictures
    source = open_source([folder if kind == "folder" else packed(kind)], **columns)

    found = everything(source, 3)

    assert all(len(chunk) <= 3 for chunk in found)
    whole = {name: content for chunk in found for name, content in chunk.items()}
    assert whole == {name: (folder / name).read_bytes() for name in [*labels, "0/broken.PNG"]}
    assert source.count in (None, len(whole))


def test_a_pipe_in_a_folder_is_no_picture_to_wait_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "gone.png").symlink_to("nowhere")

    (chunk,) = open_source([tmp_path]).chunks(2)

    assert chunk.sources == ("gone.png",)
    assert isinstance(next(iter(chunk.pictures())), FileNotFoundError)


@pytest.mark.parametrize(("kind", "columns"), KINDS)
def test_cuts_the_same_chunks_every_time(digit_pictures, packed, kind, columns):
    path = digit_pictures[0] if kind == "folder" else packed(kind)

    first, again = (everything(open_source([path], **columns), 4) for _ in range(2))

    assert first == again
    assert len(first) > 2


def test_rows_without_names_are_called_by_their_number(packed):
    (chunk, *_) = open_source([packed("parquet")]).chunks(100)

    assert chunk.sources == ("0", "1", "2", "3"), "of the first row group"


def test_large_pictures_make_chunks_of_few():
    half = chunks.MAX_CHUNK_BYTES // 2
    sizes = [10, 10, 10, half, half, 2 * half, 10]

    assert list(cut(sizes, 3, lambda size: size)) == [[10, 10, 10], [half, half], [2 * half], [10]]


def test_named_pictures_are_read_whatever_is_in_them(digit_pictures, tmp_path):
    folder, _ = digit_pictures
    files = [folder / "0/0.png", tmp_path / "missing.png"]

    (found,) = everything(open_source(files), 10)

    assert found[str(files[0])] == files[0].read_bytes()
    assert isinstance(found[str(files[1])], FileNotFoundError)


@pytest.mark.parametrize("mode", ["w", "w:gz"])
def test_a_damaged_header_is_not_taken_for_the_archives_end(tmp_path, mode):
    whole, damaged = tmp_path / "whole.tar", tmp_path / "damaged.tar"
    with tarfile.open(whole, "w") as archive:
        for name in ("a.png", "b.png", "c.png"):
            archive.addfile(tarfile.TarInfo(name))  # empty, so that each is its header alone
    content = whole.read_bytes()
    opened = gzip.open if mode == "w:gz" else Path.open
    with opened(damaged, "wb") as file:
        file.write(content[:512] + b"\xff" * 512 + content[1024:])

    with pytest.raises(SourceError, match="broken after 1 pictures"):
        everything(open_source([damaged]), 10)


def test_says_after_how_many_pictures_an_archive_is_broken(packed, tmp_path):
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(packed("tar.gz").read_bytes()[:-300])

    with pytest.raises(SourceError, match=r"broken after \d+ pictures"):
        everything(open_source([broken]), 2)


@pytest.mark.parametrize("damage", [slice(0, 20_000), slice(4, 40)], ids=["pages", "a-page's-header"])
def test_says_which_rows_of_a_parquet_file_are_broken(tmp_path, damage):
    broken = tmp_path / "broken.parquet"
    rows = {"name": [str(i) for i in range(20)], "image": [bytes(range(256)) * 8] * 20}
    pa.parquet.write_table(
        pa.table(rows), broken, row_group_size=10, compression="none", use_dictionary=False
    )
    content = bytearray(broken.read_bytes())
    content[damage] = b"\xff" * (damage.stop - damage.start)
    broken.write_bytes(content)

    with pytest.raises(SourceError, match=r"broken\.parquet: .* a broken one: row group 0") as raised:
        everything(open_source([broken], name_column="name"), 5)

    there = pickle.loads(pickle.dumps(raised.value))  # noqa: S301 - our own: a worker raises it
    assert (type(there), str(there)) == (SourceError, str(raised.value))


@pytest.fixture
def odd(tmp_path, digit_pictures):
    """Paths from which no pictures can be had."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("neither")
    (tmp_path / "text.parquet").write_text("neither")
    with tarfile.open(tmp_path / "no.tar", "w") as archive:
        archive.add(tmp_path / "text", "text")
    pa.parquet.write_table(pa.table({"label": [1]}), tmp_path / "labels.parquet")
    pa.parquet.write_table(pa.table({"a": [b""], "b": [b""]}), tmp_path / "two.parquet")
    return {"folder": digit_pictures[0]} | {path.name: path for path in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("named", "columns", "complaint"),
    [
        pytest.param(["missing"], {}, "no such folder or file", id="missing"),
        pytest.param(
            ["empty"], {}, "no file in it, or below it, has the name of a picture", id="empty-folder"
        ),
        pytest.param(["text"], {}, "neither a folder nor a tar archive", id="text"),
        pytest.param(["text.parquet"], {}, "no Parquet file that can be read", id="no-parquet"),
        pytest.param(["no.tar"], {}, "no file in it has the name of a picture", id="empty-archive"),
        pytest.param(["labels.parquet"], {}, "its columns with bytes are: none", id="no-images"),
        pytest.param(["two.parquet"], {}, "a, b; name one with --image-column", id="two-columns"),
        pytest.param(
            ["two.parquet"], {"image_column": "c"}, "'c' holds no bytes; these do: a, b", id="no-bytes"
        ),
        pytest.param(
            ["two.parquet"], {"image_column": "a", "name_column": "c"}, "no column 'c'", id="no-names"
        ),
        pytest.param(["folder"], {"image_column": "a"}, "only a Parquet file has columns", id="columns"),
        pytest.param(["folder", "no.tar"], {}, "several pictures may be named, or one folder", id="several"),
    ],
)
def test_says_why_there_are_no_pictures(odd, named, columns, complaint):
    paths = [odd.get(name, Path("/nowhere") / name) for name in named]

    with pytest.raises(SourceError, match=complaint):
        everything(open_source(paths, **columns), 2)
