"""Locks between processes: one holder at a time, and none after a kill."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import filelock._unix
import pytest

from pipeline.core.locks import try_lock, wait_for_lock

HOLDER = """
import sys, time
from pathlib import Path
from pipeline.core.locks import try_lock
with try_lock(Path(sys.argv[1])) as ours:
    print(ours, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.lock"


def test_a_second_holder_is_refused_at_once_and_the_next_is_not(path):
    with try_lock(path) as first, try_lock(path) as second:
        assert (first, second) == (True, False)
    with try_lock(path) as third:
        assert third


def test_a_refused_one_does_not_let_go_of_the_holders_lock(path):
    with try_lock(path):
        for _ in range(2):
            with try_lock(path) as second:
                assert not second


def test_the_lock_is_free_after_an_error(path):
    with pytest.raises(KeyError), try_lock(path):
        raise KeyError
    with try_lock(path) as ours:
        assert ours


def test_a_killed_process_holds_nothing_and_its_file_does_no_harm(path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "True\n"
        with try_lock(path) as ours:
            assert not ours
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait(timeout=30)
    assert path.exists()
    with try_lock(path) as ours:
        assert ours


def test_a_file_that_is_removed_while_it_is_taken_is_taken_again(path, monkeypatch):
    flock, taken = filelock._unix.fcntl.flock, []

    def flock_after_a_removal(lock, how):
        if not taken:
            path.unlink()
        taken.append(lock)
        flock(lock, how)

    monkeypatch.setattr(filelock._unix.fcntl, "flock", flock_after_a_removal)
    with try_lock(path) as ours:
        assert ours and len(taken) == 2
        with try_lock(path) as second:  # the lock is on what the name leads to
            assert not second


def test_a_taken_lock_has_the_time_of_its_taking(path):
    path.touch()
    os.utime(path, (0, 0))
    with try_lock(path):
        assert path.stat().st_mtime > 0


def test_who_waits_says_so_once_and_then_holds_it(path):
    order = []

    def wait():
        with wait_for_lock(path, lambda: said.set()):
            order.append("second")

    said, second = threading.Event(), threading.Thread(target=wait)
    with try_lock(path):
        second.start()
        assert said.wait(timeout=30)
        order.append("first")
    second.join(timeout=30)
    assert order == ["first", "second"]
    with wait_for_lock(path, lambda: order.append("waits")):
        assert order == ["first", "second"]
