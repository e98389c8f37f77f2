"""Checkpoints of one run: written whole under a lock, the last two kept, read back only if every byte is right."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch

from pipeline.core.errors import RunError
from pipeline.core.faults import reach
from pipeline.core.locks import try_lock
from pipeline.core.scratch import lock_of

KEPT = 2
STALE_DAYS = 14
State = dict[str, Any]


class Checkpoints:
    """Files `<step>-<digest of the bytes>.pt` in one folder; the digest in the name tells a damaged file."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self.folder, self.say = folder, say

    def save(self, step: int, state: State) -> None:
        """Temporary file, fsync, rename; then older ones than the last two go."""
        partial = self.folder / ".partial"
        with open(partial, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        reach("train.during_checkpoint")
        whole = self.folder / f"{step:08d}-{_digest(partial)}.pt"
        os.replace(partial, whole)
        _sync_folder(self.folder)
        others = [path for path in self._newest_first() if path != whole]
        older = [path for path in others if int(path.stem[:8]) < step]  # the rest are damaged
        for path in others:
            if path not in older[: KEPT - 1]:
                path.unlink()
        reach("train.after_checkpoint")

    def newest(self) -> Path | None:
        """The newest whole checkpoint, or None; a damaged file is named and passed over."""
        for path in self._newest_first():
            step, _, digest = path.stem.partition("-")
            if _digest(path) == digest:
                return path
            self.say(f"checkpoint of step {int(step)} is damaged ({path}); taking the one before")
        return None

    def load(self, path: Path) -> State:
        """The state on the CPU."""
        state: State = torch.load(path, map_location="cpu", weights_only=True)
        self.say(f"going on after step {state['step']}, from {path}")
        return state

    def _newest_first(self) -> list[Path]:
        return sorted(self.folder.glob("*-*.pt"), reverse=True)


@contextmanager
def checkpoints_of(folder: Path, say: Callable[[str], None], alone: bool = True) -> Iterator[Checkpoints]:
    """The run's checkpoints under an exclusive lock; RunError if another process trains the same run.

    A killed dvc leaves its stage process alive, so two may meet here. The lock ends with the process. Not `alone`:
    a rank that only reads, beside the one that holds the lock.
    """
    if not alone:
        yield Checkpoints(folder, say)
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    lock = lock_of(folder)
    with try_lock(lock) as ours:
        if not ours:
            raise RunError(f"another process is training this very run (lock {lock}): wait for it, or end it first")
        folder.mkdir(exist_ok=True)
        yield Checkpoints(folder, say)


def discard_idle(done: Path) -> None:
    """Remove the scratch of a run whose result is published, and of those beside it that nobody has worked on for
    STALE_DAYS: what other configurations or older code left would stay for ever."""
    scratch = done.parent
    for name in sorted({path.stem for path in scratch.iterdir()}):
        folder = scratch / name
        newest = max((path.stat().st_mtime for path in scratch.glob(f"{name}*")), default=0.0)
        if folder != done and time.time() - newest < STALE_DAYS * 86_400:
            continue
        with try_lock(lock_of(folder)) as ours:
            if ours:
                shutil.rmtree(folder, ignore_errors=True)
                lock_of(folder).unlink()


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
