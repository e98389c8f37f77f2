"""Pinned archives: fetched by pip from wherever pip looks, kept, and refused unless they are the pinned one."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.contract.drop import DropReason
from pipeline.core.errors import SourceError
from pipeline.schema.corpus import Reader, SourceConfig, SourceKind
from pipeline.sources.archive import check_sha256, fetch_archive, sha256
from pipeline.sources.records import Record, Rejected
from pipeline.sources.source_units import source_units

# The archive's own build code, so that pip needs nothing from an index to read its metadata.
BACKEND = """
import os
def get_requires_for_build_wheel(config_settings=None): return []
def prepare_metadata_for_build_wheel(folder, config_settings=None):
    name = "wenyuan_demo-0.1.dist-info"
    os.mkdir(os.path.join(folder, name))
    with open(os.path.join(folder, name, "METADATA"), "w") as file:
        file.write("Metadata-Version: 2.1\\nName: wenyuan-demo\\nVersion: 0.1\\n")
    return name
"""
CACHE = Path(".scratch/corpus")
SDIST = {
    "pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "demo_backend"\nbackend-path = ["."]\n',
    "demo_backend.py": BACKEND,
    "PKG-INFO": "Metadata-Version: 2.1\nName: wenyuan-demo\nVersion: 0.1\n",
    "data/pos.txt": "很好的书。\n\n包装完整。\n",
}


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A folder that stands for the package index, holding one sdist; the working directory is empty."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    with tarfile.open(folder / "wenyuan_demo-0.1.tar.gz", "w:gz") as tar:
        for name, content in SDIST.items():
            member = tarfile.TarInfo(f"wenyuan_demo-0.1/{name}")
            member.size = len(content.encode())
            tar.addfile(member, io.BytesIO(content.encode()))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    return folder / "wenyuan_demo-0.1.tar.gz"


def demo(digest: str, *files: str) -> SourceConfig:
    return SourceConfig(
        SourceKind.pypi,
        "wenyuan-demo",
        list(files),
        Reader.lines,
        "unknown",
        "review",
        version="0.1",
        sha256=digest,
        labels={"pos.txt": "positive"},
    )


def test_an_archive_is_fetched_once_and_read_without_unpacking(shelf):
    digest = sha256(shelf)
    config = demo(digest, "data/pos.txt")
    expected = [
        ("data/pos.txt", "pypi:wenyuan-demo==0.1/data/pos.txt", "positive", unit)
        for unit in (Record("L1", "很好的书。"), Rejected("L2", DropReason.BLANK), Record("L3", "包装完整。"))
    ]
    assert list(source_units("s", config)) == expected
    assert [path.name for path in CACHE.iterdir()] == [digest]
    shelf.unlink()
    assert list(source_units("s", config)) == expected


def test_another_hash_is_refused_with_both_digests(shelf):
    with pytest.raises(SourceError) as caught:
        fetch_archive("wenyuan-demo", "0.1", "0" * 64)
    assert str(caught.value) == (
        f"wenyuan-demo==0.1: no archive of this release has sha256 {'0' * 64} (found {sha256(shelf)}); correct conf"
    )
    assert list(CACHE.iterdir()) == []


def test_a_release_that_is_not_there_is_named(shelf):
    with pytest.raises(SourceError, match=r"wenyuan-demo==0\.2: pip could not fetch it .*check the network"):
        fetch_archive("wenyuan-demo", "0.2", sha256(shelf))


def test_a_kept_archive_that_was_changed_is_refused(shelf):
    digest = sha256(shelf)
    (CACHE / digest).mkdir(parents=True)
    (CACHE / digest / shelf.name).write_bytes(shelf.read_bytes() + b"x")
    with pytest.raises(SourceError, match=f"expected {digest}; the file is not the pinned one"):
        fetch_archive("wenyuan-demo", "0.1", digest)


def put_into_cache(archive):
    digest = sha256(archive)
    (CACHE / digest).mkdir(parents=True)
    archive.rename(CACHE / digest / archive.name)
    return digest


def test_a_file_that_the_archive_lacks_is_named(shelf):
    config = demo(put_into_cache(shelf), "data/pos.txt", "data/neg.txt")
    with pytest.raises(SourceError, match=r"wenyuan_demo-0\.1\.tar\.gz: holds no file data/neg\.txt"):
        list(source_units("s", config))


def test_a_wheel_is_read_by_its_own_paths(shelf):
    wheel = shelf.with_name("wenyuan_demo-0.1-py3-none-any.whl")
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("wenyuan_demo/pos.txt", "很好。\n")
    config = demo(put_into_cache(wheel), "wenyuan_demo/pos.txt")
    assert [unit for *_, unit in source_units("s", config)] == [Record("L1", "很好。")]
    config.files = ["neg.txt", "wenyuan_demo/pos.txt"]
    with pytest.raises(SourceError, match=r"\.whl: holds no file neg\.txt"):
        list(source_units("s", config))


def test_links_and_folders_of_an_archive_are_not_read(shelf):
    with tarfile.open(shelf, "w:gz") as tar:
        link = tarfile.TarInfo("wenyuan_demo-0.1/data/pos.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(SourceError, match="holds no file"):
        list(source_units("s", demo(put_into_cache(shelf), "data/pos.txt")))


def test_the_digest_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(tmp_path / "a") == digest
    check_sha256(tmp_path / "a", digest)
    with pytest.raises(SourceError, match=f"a: sha256 is {digest}, expected 00"):
        check_sha256(tmp_path / "a", "00")
