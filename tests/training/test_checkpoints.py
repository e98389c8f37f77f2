"""Checkpoints: the last two, whole or passed over, one process at a time."""

import pytest
import torch

from pipeline.core.errors import RunError
from pipeline.training.checkpoints import Checkpoints, checkpoints_of, discard


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
    state = store.load()
    assert state is not None
    assert (state["step"], state["weights"].tolist()) == (15, [15, 15])


def test_a_damaged_checkpoint_falls_back_to_the_one_before_and_says_so(store, tmp_path, said):
    for step in (5, 10):
        store.save(step, {"step": step})
    damaged = max(tmp_path.glob("*.pt"))
    content = bytearray(damaged.read_bytes())
    content[len(content) // 2] ^= 1
    damaged.write_bytes(content)
    assert store.load() == {"step": 5}
    assert said[0] == f"checkpoint of step 10 is damaged ({damaged}); taking the one before"


def test_a_half_written_file_is_no_checkpoint(store, tmp_path):
    (tmp_path / ".partial").write_bytes(b"PK")
    assert store.load() is None


def test_two_processes_may_not_train_one_run(tmp_path, said):
    folder = tmp_path / "run"
    second = checkpoints_of(folder, said.append)
    with checkpoints_of(folder, said.append), pytest.raises(RunError, match="is training this very run"):
        second.__enter__()
    with checkpoints_of(folder, said.append):
        pass
    discard(folder)
    assert list(tmp_path.iterdir()) == []
