"""Locks between processes: a file that one process holds at a time, until it lets go or dies.

The lock is flock's, taken through the `filelock` package: the kernel lets go of it when its holder is killed, and a
forked child does not hold it with its parent. The file itself stays, unless the holder removes it while it holds it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

ATTEMPTS = 3
"""A file that its holder removes between our open and our lock counts as held; the next attempt makes a new one."""


@contextmanager
def try_lock(path: Path) -> Iterator[bool]:
    """Hold the lock while the block runs; False, without waiting and without the lock, where another holds it."""
    lock = _lock(path)
    if not _take(lock):
        yield False
        return
    try:
        path.touch()  # its time says when somebody was last at work under it
        yield True
    finally:
        lock.release()


@contextmanager
def wait_for_lock(path: Path, waiting: Callable[[], object]) -> Iterator[None]:
    """Hold the lock while the block runs. Where another holds it, `waiting` is called once, then we wait."""
    lock = _lock(path)
    if not _take(lock):
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _lock(path: Path) -> FileLock:
    # Where a file system has no flock, filelock's substitute would outlive a killed process: an error is better.
    return FileLock(path, fallback_to_soft=False)


def _take(lock: FileLock) -> bool:
    for _ in range(ATTEMPTS):
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        return True
    return False
