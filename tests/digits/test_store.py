"""Versions are published whole, verified when opened, and never half there."""

import pytest
from stored_models import build, manifest, publish

from digits.errors import ContractMismatchError, ModelCorruptError, ModelNotFoundError
from digits.store import MANIFEST_PATH, TWIN_PATH, ModelStore, sha256


@pytest.fixture
def store(tmp_path):
    return ModelStore(tmp_path / "store")


def test_opens_what_was_published(store):
    published = publish(store)

    opened = store.open()

    assert opened == published
    assert opened.twin.read_bytes() == b"twin"
    assert opened.manifest.files == {
        TWIN_PATH: sha256(opened.twin),
        "saved_model.pb": sha256(opened.directory / "saved_model.pb"),
        "variables/variables.index": sha256(opened.directory / "variables/variables.index"),
    }


def test_numbers_versions_in_order_and_opens_the_newest(store):
    assert [publish(store).version for _ in range(11)] == list(range(1, 12))

    assert store.open().version == 11, "by number, not by name"
    assert store.open(2).manifest.version == 2


def test_takes_the_next_number_where_one_is_occupied(store):
    half_copied = store.root / "digits" / "1"
    half_copied.mkdir(parents=True)
    (half_copied / "variables").mkdir()

    published = publish(store)

    assert published.version == 2
    assert store.open(2).manifest.version == 2
    assert (half_copied / "variables").is_dir()


def test_a_failed_build_leaves_nothing(store):
    def fail():
        with store.staging() as folder:
            build(folder)
            raise RuntimeError("no luck")

    with pytest.raises(RuntimeError, match="no luck"):
        fail()

    assert store.versions() == ()
    assert list((store.root / "digits").iterdir()) == []


def test_sweeps_what_a_killed_process_left(store):
    left = store.root / "digits" / ".staging-left"
    build_in = left / "model"
    build_in.mkdir(parents=True)
    build(build_in)
    publish(store)

    assert [path.name for path in (store.root / "digits").iterdir()] == ["1"]


def test_sweeps_nothing_that_is_being_built(store):
    with store.staging() as first:
        build(first)
        publish(store)

        assert store.publish(first, manifest()).version == 2


def test_staging_is_no_version(store):
    with store.staging() as folder:
        build(folder)
        assert store.versions() == ()


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        pytest.param(lambda d: (d / "saved_model.pb").write_bytes(b"other"), "saved_model.pb", id="changed"),
        pytest.param(lambda d: (d / TWIN_PATH).unlink(), "missing", id="missing"),
        pytest.param(lambda d: (d / TWIN_PATH).write_bytes(b""), "tflite", id="cut"),
        pytest.param(lambda d: (d / MANIFEST_PATH).write_text("{"), "manifest", id="broken-manifest"),
    ],
)
def test_refuses_a_damaged_version(store, damage, complaint):
    damage(publish(store).directory)

    with pytest.raises(ModelCorruptError, match=complaint):
        store.open()


def test_refuses_another_contract(store):
    publish(store, contract_version=99)

    with pytest.raises(ContractMismatchError, match="99"):
        store.open()


@pytest.mark.parametrize("version", ["latest", 7])
def test_says_what_there_is_instead_of_what_is_not(store, version):
    if version == 7:
        publish(store)
        publish(store)

    with pytest.raises(ModelNotFoundError, match="1, 2" if version == 7 else "none"):
        store.open(version)


def test_opens_a_saved_model_that_came_without_a_manifest(store):
    folder = store.root / "digits" / "5"
    folder.mkdir(parents=True)
    (folder / "saved_model.pb").touch()

    opened = store.open()

    assert (opened.version, opened.manifest, opened.twin) == (5, None, None)


def test_ignores_what_is_no_version(store):
    publish(store)
    for name in ("latest", ".staging-x", "007x", "²"):
        (store.root / "digits" / name).mkdir()
    (store.root / "digits" / "99").mkdir()

    assert store.versions() == (1,)


def test_reads_a_manifest_with_members_it_does_not_know(store):
    path = publish(store).directory / MANIFEST_PATH
    path.write_text(path.read_text().replace("{", '{"new": 1,', 1))

    assert store.open().version == 1


def test_the_state_changes_with_the_newest_version_alone(store):
    publish(store)
    second = publish(store)
    before = store.state()

    (store.root / "digits/1/saved_model.pb").write_bytes(b"other")
    assert store.state() == before
    (second.directory / "saved_model.pb").write_bytes(b"other")
    assert store.state() != before


def test_the_state_of_an_empty_store_is_empty(store):
    assert store.state() == ()
