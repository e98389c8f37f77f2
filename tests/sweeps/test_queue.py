"""The queue: what DVC 3.67.1 prints is read, an end is waited for and never guessed, failures come with their log."""

from pathlib import Path

import pytest

from pipeline.core.errors import RunError
from pipeline.sweeps import queue
from pipeline.sweeps.queue import Task, failure, fill, progress_line, read_tasks, start, stop, wait

STATUS = """\
Task     Name        Created    Status
19730d3  cross-delf  02:07 AM   Running
5e19ddd  optic-inks  Nov 25, 2026   Queued
c8324d3  naval-ords  02:07 AM   Failed
59e9f0b  fetal-chis  02:07 AM   Success

Worker status: 1 active, 1 idle
"""


def task(name: str, state: str) -> Task:
    return Task("0" * 7, name, state)


@pytest.fixture
def said(monkeypatch, tmp_path) -> list[str]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(queue, "workers", lambda _: [1])
    return []


def looks(monkeypatch, *states: dict[str, str]) -> None:
    """`dvc queue status` shows these tasks, look by look; the last one stays."""
    left = list(states)

    def tasks() -> list[Task]:
        shown = left.pop(0) if len(left) > 1 else left[0]
        return [task(name, state) for name, state in shown.items()]

    monkeypatch.setattr(queue, "tasks", tasks)


def test_the_rows_of_a_status_are_read():
    assert read_tasks(STATUS) == [
        Task("19730d3", "cross-delf", "Running"),
        Task("5e19ddd", "optic-inks", "Queued"),
        Task("c8324d3", "naval-ords", "Failed"),
        Task("59e9f0b", "fetal-chis", "Success"),
    ]
    assert read_tasks("No experiment tasks in the queue.\n\nWorker status: 0 active, 0 idle\n") == []


def test_names_of_queued_experiments_are_taken_from_what_dvc_says(monkeypatch, said):
    lines = ["Queueing with overrides '{'params.yaml': ['train.lr=0.01']}'.\n"]
    lines.append("Queued experiment 'boric-scut' for future execution.\n")
    calls = []
    monkeypatch.setattr(queue, "dvc_lines", lambda *words: calls.append(words) or iter(lines))
    assert fill(["-S", "train.lr=0.01"], said.append) == ["boric-scut"]
    assert calls == [("exp", "run", "--queue", "-S", "train.lr=0.01")]
    assert said == [line.rstrip() for line in lines]


def test_a_sweep_that_queues_nothing_is_an_error(monkeypatch, said):
    monkeypatch.setattr(queue, "dvc_lines", lambda *_: iter([]))
    with pytest.raises(RunError, match=r"nothing was queued by 'train\.lr'"):
        fill(["train.lr"], said.append)


def test_the_control_binding_is_there_before_the_workers_start_and_is_never_overwritten(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    found = []
    monkeypatch.setattr(queue, "dvc_shown", lambda *words: found.append((words, queue.CONTROL.read_text())))
    start(2)
    queue.CONTROL.write_text("[1]")
    start(3)
    assert found == [(("queue", "start", "--jobs", "2"), "[]\n"), (("queue", "start", "--jobs", "3"), "[1]")]


def test_a_task_that_is_listed_nowhere_for_a_moment_has_not_ended(monkeypatch, said):
    last = {"a": "Success", "b": "Failed"}
    looks(monkeypatch, {}, {"a": "Queued", "other": "Running"}, {"a": "Running"}, {}, last)
    tasks = wait(["a", "b"], 60, said.append, poll_s=0)
    assert tasks == {"a": task("a", "Success"), "b": task("b", "Failed")}
    assert [line.rpartition("  ")[0] for line in said] == [
        "0 of 2 done, 2 queued",
        "0 of 2 done, 1 running, 1 queued",
        "2 of 2 done, 1 failed",
    ]


def test_a_status_that_is_refused_for_a_moment_is_asked_again_but_not_for_ever(monkeypatch, said):
    answers = iter([RunError("locked")] * 5 + [[task("a", "Running")]] + [RunError("locked")] * 6)

    def tasks() -> list[Task]:
        answer = next(answers)
        if isinstance(answer, RunError):
            raise answer
        return answer

    monkeypatch.setattr(queue, "tasks", tasks)
    with pytest.raises(RunError, match="locked"):
        wait(["a"], 60, said.append, poll_s=0)
    assert next(answers, "none left") == "none left"


def test_waiting_has_an_end(monkeypatch, said):
    looks(monkeypatch, {"a": "Success", "b": "Running"})
    with pytest.raises(RunError, match=r"^b: not done after .* hours; give the sweep more \(HOURS\)"):
        wait(["a", "b"], 0.01, said.append, poll_s=0.02)


def test_workers_that_have_gone_are_not_waited_for(monkeypatch, said):
    looks(monkeypatch, {"a": "Running"})
    seen = iter([[1], [], [2], [], [], []])
    monkeypatch.setattr(queue, "workers", lambda _: next(seen))
    with pytest.raises(RunError, match=r"^a: not done, and all workers have gone"):
        wait(["a"], 60, said.append, poll_s=0)
    assert next(seen, "none left") == "none left"


def test_stopping_asks_dvc_and_waits_until_the_last_worker_has_gone(monkeypatch, said):
    seen, asked = iter([[1, 2], [2], []]), []
    monkeypatch.setattr(queue, "workers", lambda _: next(seen))
    monkeypatch.setattr(queue, "dvc", lambda *words: asked.append(words))
    monkeypatch.setattr(queue.time, "sleep", lambda _: None)
    stop(said.append, kill=True)
    assert (asked, said) == ([("queue", "stop", "--kill")], ["workers stopped"])


def test_a_worker_that_does_not_end_is_named(monkeypatch, said):
    monkeypatch.setattr(queue, "workers", lambda _: [4711])
    monkeypatch.setattr(queue, "dvc", lambda *_: "")
    with pytest.raises(RunError, match="do not end: processes 4711"):
        stop(said.append, limit_s=0)


def test_a_failure_shows_the_log_s_place_and_end(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert failure(task("a", "Failed")).startswith("failed: a, before it began; see .dvc/tmp/exps/celery/")
    log = Path(".dvc/tmp/exps/run/00000001/00000001.out")
    log.parent.mkdir(parents=True)
    log.write_text("".join(f"line {n}\n\n" for n in range(20)), encoding="utf-8")
    first, *end = failure(task("a", "Failed")).splitlines()
    assert first == f"failed: a; its log: {log}"
    assert end == [f"    line {n}" for n in range(8, 20)]


def test_progress_counts_what_is_not_listed_as_queued():
    seen = {"a": task("a", "Success"), "b": task("b", "Failed"), "c": task("c", "Running")}
    assert progress_line(["a", "b", "c", "d"], seen) == "2 of 4 done, 1 running, 1 queued, 1 failed"
