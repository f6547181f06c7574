"""The same pictures in a folder, in archives and in Parquet files."""

import tarfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest
from PIL import Image

COUNT = 10


@pytest.fixture(scope="package")
def digit_pictures(mnist_test, tmp_path_factory):
    """A folder of ten of MNIST's digits and of a broken picture; the labels by name."""
    folder = tmp_path_factory.mktemp("pictures") / "digits"
    labels = {}
    for row in range(COUNT):
        name = f"{row % 2}/{row}.png"
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - mnist_test[0][row]).save(folder / name)
        labels[name] = int(mnist_test[1][row])
    (folder / "0/broken.PNG").write_bytes(b"no picture")
    (folder / "notes.txt").write_text("no picture, and not called one")
    (folder / ".hidden.png").write_bytes(b"")
    return folder, labels


@pytest.fixture(scope="package")
def blank(tmp_path_factory):
    path = tmp_path_factory.mktemp("blank") / "blank.png"
    Image.fromarray(np.full((28, 28), 255, np.uint8)).save(path)
    return path


@pytest.fixture(scope="package")
def packed(digit_pictures):
    """Packs the folder: what kind → where it lies."""
    folder, _ = digit_pictures
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("[!.]*.[pP][nN][gG]"))

    def pack(kind):
        target = folder.parent / f"pictures.{kind}"
        if kind.startswith("tar"):
            with tarfile.open(target, f"w:{kind.partition('.')[2]}") as archive:
                for name in [*names, "notes.txt"]:
                    archive.add(folder / name, name)
        else:
            contents = [(folder / name).read_bytes() for name in names]
            columns = {
                "parquet": {"image": contents, "name": names},
                "struct.parquet": {
                    "image": [
                        {"bytes": content, "path": name}
                        for content, name in zip(contents, names, strict=True)
                    ]
                },
            }[kind]
            pa.parquet.write_table(pa.table(columns), target, row_group_size=4)
        return target

    return pack
