"""Checkpoints: the last two, whole or passed over, one process at a time."""

import os
import time

import pytest
import torch

from pipeline.core.errors import RunError
from pipeline.training.checkpoints import Checkpoints, checkpoints_of, discard_idle


@pytest.fixture
def said():
    return []


@pytest.fixture
def store(tmp_path, said):
    return Checkpoints(tmp_path, said.append)


def test_the_last_two_are_kept_and_the_newest_is_read(store, tmp_path):
    for step in (5, 10, 15):
        store.save(step, {"step": step, "weights": torch.full((2,), step)})
    assert [path.name[:9] for path in sorted(tmp_path.glob("*.pt"))] == ["00000010-", "00000015-"]
    state = store.load(store.newest())
    assert (state["step"], state["weights"].tolist()) == (15, [15, 15])


def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_says_so(store, tmp_path, said):
    for step in (5, 10):
        store.save(step, {"step": step})
    damaged = max(tmp_path.glob("*.pt"))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert store.load(store.newest()) == {"step": 5}
    assert said[0] == f"checkpoint of step 10 is damaged ({damaged}); taking the one before"


def test_damaged_checkpoints_make_room_for_those_that_follow(store, tmp_path):
    for step in (10, 15):
        store.save(step, {"step": step})
    for path in tmp_path.glob("*.pt"):
        path.write_bytes(b"damaged")
    assert store.newest() is None
    store.save(5, {"step": 5})
    assert [path.name[:8] for path in tmp_path.glob("*.pt")] == ["00000005"]
    store.save(10, {"step": 10})
    assert store.load(store.newest()) == {"step": 10}


def test_a_half_written_file_is_no_checkpoint(store, tmp_path):
    (tmp_path / ".partial").write_bytes(b"PK")
    assert store.newest() is None


def test_two_processes_may_not_train_one_run(tmp_path, said):
    folder = tmp_path / "run"
    second = checkpoints_of(folder, said.append)
    with checkpoints_of(folder, said.append), pytest.raises(RunError, match="is training this very run"):
        second.__enter__()
    with checkpoints_of(folder, said.append):
        pass


def test_a_finished_run_goes_and_others_only_after_weeks(tmp_path, said):
    """A stopped run may be gone on with; what older code left must not stay for ever."""
    for name in ("done", "stopped", "stale"):
        with checkpoints_of(tmp_path / name, said.append) as store:
            store.save(5, {"step": 5})
    (tmp_path / "without-lock").mkdir()
    (tmp_path / "only.lock").touch()
    weeks_ago = time.time() - 15 * 86_400
    with checkpoints_of(tmp_path / "running", said.append) as store:
        store.save(5, {"step": 5})
        for name in ("stale", "stale.lock", "without-lock", "only.lock", "running", "running.lock"):
            os.utime(tmp_path / name, (weeks_ago, weeks_ago))
        discard_idle(tmp_path / "done")
        kept = ["running", "running.lock", "stopped", "stopped.lock"]
        assert sorted(path.name for path in tmp_path.iterdir()) == kept
        assert store.load(store.newest()) == {"step": 5}
