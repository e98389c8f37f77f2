"""Scratch folders: one place for all, and nothing of a run is left when it ends."""

from pathlib import Path

import pytest

from pipeline.core.scratch import empty_folder, lock_of, scratch_folder


def test_a_folder_is_named_by_stage_and_key_and_its_lock_stands_beside_it():
    folder = scratch_folder("crawl", "web-2024.1")
    assert folder == Path(".scratch/crawl/web-2024.1")
    assert lock_of(folder) == Path(".scratch/crawl/web-2024.1.lock")


@pytest.fixture(autouse=True)
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_run_starts_empty_and_leaves_nothing(tmp_path):
    with empty_folder("demo", Path("out")) as folder:
        assert folder.is_absolute() and folder.parent == tmp_path / ".scratch" / "demo"
        (folder / "keys").mkdir()
        # A killed run of the same output left this; the next run sweeps it.
        with empty_folder("demo", Path("out")) as again:
            assert again == folder and list(again.iterdir()) == []
    assert list(Path(".scratch/demo").iterdir()) == []


def test_a_failed_run_leaves_nothing():
    with pytest.raises(KeyError), empty_folder("demo", Path("out")):
        raise KeyError
    assert list(Path(".scratch/demo").iterdir()) == []


def test_outputs_of_one_name_in_two_places_have_two_folders():
    with empty_folder("demo", Path("a/out")) as first, empty_folder("demo", Path("b/out")) as second:
        assert first != second
